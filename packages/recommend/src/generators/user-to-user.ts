import type { CacheStore } from "@furze/storage";
import type { CandidateGenerator, CandidateRequest, GeneratedCandidates, GenerateOptions } from "../candidate-generator.ts";
import { type Candidates, ScoreAccumulator } from "../candidates.ts";
import type { ItemSpace } from "../item-space.ts";
import { type NeighborList, NeighborLists } from "../neighbor-lists.ts";
import { collections } from "../pipeline-options.ts";
import type { UserHistories } from "../user-histories.ts";

/** Items that similar users like; an item gets the sum of the scores of those users. */
export class UserToUserGenerator implements CandidateGenerator {
  readonly name: string;
  readonly #space: ItemSpace;
  readonly #histories: UserHistories;
  readonly #lists: NeighborLists<NeighborList>;
  readonly #accumulator = new ScoreAccumulator();

  constructor(name: string, cache: Pick<CacheStore, "getLists">, space: ItemSpace, histories: UserHistories) {
    this.name = `user-to-user/${name}`;
    this.#space = space;
    this.#histories = histories;
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
    this.#accumulator.reserve(this.#space.size);
    return { candidates: requests.map((request) => this.#sum(request, lists, ofUser, options.limit)), modelId: "" };
  }

  /** Drops lists that newer ones have replaced. */
  forget(): void {
    this.#lists.forget();
  }

  #sum(
    request: CandidateRequest,
    lists: ReadonlyMap<string, NeighborList>,
    ofUser: ReadonlyMap<string, Int32Array>,
    limit: number,
  ): Candidates {
    const list = lists.get(request.history.userId);
    for (const [place, neighborId] of (list?.ids ?? []).entries()) {
      const score = list?.scores[place] ?? 0;
      const positives = ofUser.get(neighborId);
      if (positives !== undefined) this.#accumulator.add(positives, score);
    }
    const best = this.#accumulator.best(limit, (index) => this.#space.admits(index, request.filter));
    this.#accumulator.clear();
    return best;
  }
}
