import type { CallOptions } from "@furze/core";
import type { CacheStore, ListEntry } from "@furze/storage";
import type { CandidateGenerator, CandidateRequest, GeneratedCandidates, GenerateOptions } from "../candidate-generator.ts";
import type { ItemSpace } from "../item-space.ts";
import { LeasedLists } from "../leased-lists.ts";
import type { ScoredList } from "../list-arena.ts";
import { ensureKnown, ListSums } from "../list-sums.ts";
import { collections } from "../pipeline-options.ts";

/** Neighbors of the items that a user likes; their scores add up. */
export class ItemToItemGenerator implements CandidateGenerator {
  readonly name: string;
  readonly #cache: Pick<CacheStore, "getLists">;
  readonly #collection: string;
  readonly #space: ItemSpace;
  /** By the index of the item. */
  readonly #neighbors: LeasedLists<number>;
  readonly #sums: ListSums;

  constructor(name: string, cache: Pick<CacheStore, "getLists">, space: ItemSpace) {
    this.name = `item-to-item/${name}`;
    this.#cache = cache;
    this.#collection = collections.itemToItem(name);
    this.#space = space;
    this.#sums = new ListSums(space);
    this.#neighbors = new LeasedLists({ load: (indices, call) => this.#load(indices, call) });
  }

  async generate(requests: readonly CandidateRequest[], options: GenerateOptions): Promise<GeneratedCandidates> {
    const contexts = requests.map(({ history }) => history.positives.subarray(0, options.contextSize));
    using neighbors = await this.#neighbors.lease(contexts, options);
    await ensureKnown(neighbors, this.#space, options);
    return { candidates: await this.#sums.best(neighbors, requests, options), modelId: "" };
  }

  /** Drops lists that newer ones have replaced. */
  forget(): void {
    this.#neighbors.forget();
  }

  async #load(indices: readonly number[], call: CallOptions): Promise<ScoredList[]> {
    const keys = indices.map((index) => ({ collection: this.#collection, name: this.#space.idOf(index) }));
    const { lists } = await this.#cache.getLists(keys, call);
    return lists.map((list) => this.#scoredList(list?.entries ?? []));
  }

  #scoredList(entries: readonly ListEntry[]): ScoredList {
    const items = new Int32Array(entries.length);
    const scores = new Float32Array(entries.length);
    for (const [place, { id, score }] of entries.entries()) {
      items[place] = this.#space.indexOf(id);
      scores[place] = score;
    }
    return { items, scores };
  }
}
