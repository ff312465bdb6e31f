import type { CacheStore } from "@furze/storage";
import type { CandidateGenerator, CandidateRequest, GeneratedCandidates, GenerateOptions } from "../candidate-generator.ts";
import { type Candidates, NO_CANDIDATES } from "../candidates.ts";
import type { ItemSpace } from "../item-space.ts";
import { ListSums } from "../list-sums.ts";
import { NeighborLists } from "../neighbor-lists.ts";
import { collections } from "../pipeline-options.ts";

/** Neighbors of the items that a user likes; their scores add up. */
export class ItemToItemGenerator implements CandidateGenerator {
  readonly name: string;
  readonly #space: ItemSpace;
  readonly #lists: NeighborLists<Candidates>;
  readonly #sums: ListSums;

  constructor(name: string, cache: Pick<CacheStore, "getLists">, space: ItemSpace) {
    this.name = `item-to-item/${name}`;
    this.#space = space;
    this.#sums = new ListSums(space);
    this.#lists = new NeighborLists(cache, collections.itemToItem(name), ({ ids, scores }) => ({
      items: Int32Array.from(ids, (id) => space.indexOf(id)),
      scores,
    }));
  }

  async generate(requests: readonly CandidateRequest[], options: GenerateOptions): Promise<GeneratedCandidates> {
    const contexts = requests.map(({ history }) => history.positives.subarray(0, options.contextSize));
    const placeOf = new Map<number, number>();
    const chosen = contexts.map((context) => context.map((index) => placeIn(placeOf, index)));
    const ids = Array.from(placeOf.keys(), (index) => this.#space.idOf(index));
    const neighbors = await this.#lists.load(ids, options);
    const lists = ids.map((itemId) => neighbors.get(itemId) ?? NO_CANDIDATES);
    for (const { items } of lists) await this.#space.ensure(items, options);
    const terms = { lists: lists.map(({ items }) => items), scores: lists.map(({ scores }) => scores), chosen };
    return { candidates: await this.#sums.best(terms, requests, options), modelId: "" };
  }

  /** Drops lists that newer ones have replaced. */
  forget(): void {
    this.#lists.forget();
  }
}

/** Place of an item among those met so far, the next one at first sight. */
function placeIn(placeOf: Map<number, number>, index: number): number {
  const place = placeOf.get(index) ?? placeOf.size;
  placeOf.set(index, place);
  return place;
}
