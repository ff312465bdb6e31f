import { IdDictionary } from "@furze/dataset";
import type { CacheStore, ListKey, ListPut, ListRead, RankedList } from "@furze/storage";

interface PackedList {
  readonly ids: Int32Array;
  readonly scores: Float32Array;
}

/**
 * Neighbor lists in memory that were made without the held-out feedback; other lists are those of the cache. Readers see ids and scores,
 * which is all that recommenders ask for. Memory: 8 bytes an entry.
 */
export class HeldOutLists implements Pick<CacheStore, "getLists" | "putLists"> {
  readonly #others: Pick<CacheStore, "getLists">;
  readonly #ids: IdDictionary = new IdDictionary();
  readonly #collections = new Map<string, Map<string, PackedList>>();

  constructor(others: Pick<CacheStore, "getLists">) {
    this.#others = others;
  }

  putLists(lists: readonly ListPut[]): Promise<void> {
    for (const { collection, name, list } of lists) {
      const packed = {
        ids: Int32Array.from(list.entries, ({ id }) => this.#ids.add(id, 0)),
        scores: Float32Array.from(list.entries, ({ score }) => score),
      };
      const known = this.#collections.get(collection);
      if (known === undefined) this.#collections.set(collection, new Map([[name, packed]]));
      else known.set(name, packed);
    }
    return Promise.resolve();
  }

  async getLists(keys: readonly ListKey[], options: Parameters<CacheStore["getLists"]>[1] = {}): Promise<ListRead> {
    // Recommenders read one collection at a time, and one that was made here is whole.
    const own = this.#collections.get(keys[0]?.collection ?? "");
    if (own === undefined) return this.#others.getLists(keys, options);
    return { lists: keys.map(({ name }) => this.#unpacked(own.get(name))), overlayVersion: 0 };
  }

  #unpacked(list: PackedList | undefined): RankedList | undefined {
    if (list === undefined) return undefined;
    const entryOf = (id: number, place: number) => ({
      id: this.#ids.idOf(id),
      score: list.scores[place] as number,
      categories: [],
      sources: [],
    });
    return { entries: Array.from(list.ids, entryOf), updatedMs: 0, digest: "", modelId: "" };
  }
}
