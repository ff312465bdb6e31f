import type { UserId } from "@furze/core";
import type { CacheStore } from "@furze/storage";
import type { CandidateGenerator, CandidateRequest, GeneratedCandidates, GenerateOptions } from "../candidate-generator.ts";
import type { ItemSpace } from "../item-space.ts";
import { LeasedLists } from "../leased-lists.ts";
import { ensureKnown, ListSums } from "../list-sums.ts";
import { NeighborLists, NO_NEIGHBORS } from "../neighbor-lists.ts";
import { collections } from "../pipeline-options.ts";
import type { UserHistories } from "../user-histories.ts";

const NOTHING = new Int32Array(0);

/** Items that similar users like; an item gets the sum of the scores of those users. */
export class UserToUserGenerator implements CandidateGenerator {
  readonly name: string;
  readonly #space: ItemSpace;
  readonly #neighbors: NeighborLists;
  /** What users like. */
  readonly #liked: LeasedLists<UserId>;
  readonly #sums: ListSums;

  constructor(name: string, cache: Pick<CacheStore, "getLists">, space: ItemSpace, histories: UserHistories) {
    this.name = `user-to-user/${name}`;
    this.#space = space;
    this.#sums = new ListSums(space);
    this.#neighbors = new NeighborLists(cache, collections.userToUser(name));
    this.#liked = new LeasedLists({
      load: async (userIds, call) => {
        const positives = await histories.recallPositives(userIds, call);
        return userIds.map((userId) => ({ items: positives.get(userId) ?? NOTHING }));
      },
    });
  }

  async generate(requests: readonly CandidateRequest[], options: GenerateOptions): Promise<GeneratedCandidates> {
    const userIds = requests.map(({ history }) => history.userId);
    const byUser = await this.#neighbors.load(userIds, options);
    const neighbors = userIds.map((userId) => byUser.get(userId) ?? NO_NEIGHBORS);
    using liked = await this.#liked.lease(
      neighbors.map(({ ids }) => ids),
      options,
    );
    const terms = { arena: liked.arena, chosen: liked.chosen, weights: neighbors.map(({ scores }) => scores) };
    await ensureKnown(terms, this.#space, options);
    return { candidates: await this.#sums.best(terms, requests, options), modelId: "" };
  }

  /** Drops lists that newer ones have replaced. */
  forget(): void {
    this.#neighbors.forget();
    this.#liked.forget();
  }
}
