import type { CacheStore } from "@furze/storage";
import type { CandidateGenerator, CandidateRequest, GeneratedCandidates, GenerateOptions } from "../candidate-generator.ts";
import { type Candidates, NO_CANDIDATES, ScoreAccumulator } from "../candidates.ts";
import type { ItemSpace } from "../item-space.ts";
import { NeighborLists } from "../neighbor-lists.ts";
import { collections } from "../pipeline-options.ts";

/** Neighbors of the items that a user likes; their scores add up. */
export class ItemToItemGenerator implements CandidateGenerator {
  readonly name: string;
  readonly #space: ItemSpace;
  readonly #lists: NeighborLists<Candidates>;
  readonly #accumulator = new ScoreAccumulator();

  constructor(name: string, cache: Pick<CacheStore, "getLists">, space: ItemSpace) {
    this.name = `item-to-item/${name}`;
    this.#space = space;
    this.#lists = new NeighborLists(cache, collections.itemToItem(name), ({ ids, scores }) => ({
      items: Int32Array.from(ids, (id) => space.indexOf(id)),
      scores,
    }));
  }

  async generate(requests: readonly CandidateRequest[], options: GenerateOptions): Promise<GeneratedCandidates> {
    const contexts = requests.map(({ history }) => history.positives.subarray(0, options.contextSize));
    const names = new Set<number>();
    for (const context of contexts) for (const index of context) names.add(index);
    const neighbors = await this.#lists.load(
      Iterator.from(names).map((index) => this.#space.idOf(index)),
      options,
    );
    const ofItem = new Map(Iterator.from(names).map((index) => [index, neighbors.get(this.#space.idOf(index))] as const));
    for (const list of ofItem.values()) await this.#space.ensure(list?.items ?? [], options);
    this.#accumulator.reserve(this.#space.size);
    const candidates = requests.map((request, position) =>
      this.#sum(contexts[position] ?? NO_CANDIDATES.items, ofItem, request, options.limit),
    );
    return { candidates, modelId: "" };
  }

  /** Drops lists that newer ones have replaced. */
  forget(): void {
    this.#lists.forget();
  }

  #sum(
    context: Int32Array,
    ofItem: ReadonlyMap<number, Candidates | undefined>,
    request: CandidateRequest,
    limit: number,
  ): Candidates {
    for (const index of context) {
      const { items, scores } = ofItem.get(index) ?? NO_CANDIDATES;
      this.#accumulator.add(items, scores);
    }
    const best = this.#accumulator.best(limit, (index) => this.#space.admits(index, request.filter));
    this.#accumulator.clear();
    return best;
  }
}
