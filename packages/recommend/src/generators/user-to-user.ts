import type { CacheStore } from "@furze/storage";
import type { CandidateGenerator, CandidateRequest, GeneratedCandidates, GenerateOptions } from "../candidate-generator.ts";
import type { ItemSpace } from "../item-space.ts";
import { ListSums, type ListTerms } from "../list-sums.ts";
import { type NeighborList, NeighborLists } from "../neighbor-lists.ts";
import { collections } from "../pipeline-options.ts";
import type { UserHistories } from "../user-histories.ts";

/** Items that similar users like; an item gets the sum of the scores of those users. */
export class UserToUserGenerator implements CandidateGenerator {
  readonly name: string;
  readonly #space: ItemSpace;
  readonly #histories: UserHistories;
  readonly #lists: NeighborLists<NeighborList>;
  readonly #sums: ListSums;

  constructor(name: string, cache: Pick<CacheStore, "getLists">, space: ItemSpace, histories: UserHistories) {
    this.name = `user-to-user/${name}`;
    this.#space = space;
    this.#histories = histories;
    this.#sums = new ListSums(space);
    this.#lists = new NeighborLists(cache, collections.userToUser(name), (list) => list);
  }

  async generate(requests: readonly CandidateRequest[], options: GenerateOptions): Promise<GeneratedCandidates> {
    const lists = await this.#lists.load(
      requests.map(({ history }) => history.userId),
      options,
    );
    const neighborIds = new Set(Iterator.from(lists.values()).flatMap((list) => list.ids));
    const ofUser = await this.#histories.recallPositives(neighborIds, options);
    for (const positives of ofUser.values()) await this.#space.ensure(positives, options);
    const terms = termsOf(requests, lists, ofUser);
    return { candidates: await this.#sums.best(terms, requests, options), modelId: "" };
  }

  /** Drops lists that newer ones have replaced. */
  forget(): void {
    this.#lists.forget();
  }
}

/** What similar users like, weighted by how similar they are. */
function termsOf(
  requests: readonly CandidateRequest[],
  lists: ReadonlyMap<string, NeighborList>,
  ofUser: ReadonlyMap<string, Int32Array>,
): ListTerms {
  const placeOf = new Map(Iterator.from(ofUser.keys()).map((userId, place) => [userId, place]));
  const neighbors = requests.map(({ history }) => lists.get(history.userId));
  return {
    lists: [...ofUser.values()],
    chosen: neighbors.map((list) => Int32Array.from(list?.ids ?? [], (userId) => placeOf.get(userId) as number)),
    weights: neighbors.map((list) => list?.scores ?? new Float32Array(0)),
  };
}
