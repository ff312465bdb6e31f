import type { CallOptions } from "@furze/core";
import type { CacheStore } from "@furze/storage";

/** A stored neighbor list as ids with scores, best first. */
export interface NeighborList {
  readonly ids: readonly string[];
  readonly scores: Float32Array;
}

export const NO_NEIGHBORS: NeighborList = { ids: [], scores: new Float32Array(0) };

/** Reads neighbor lists in bulk and keeps them until `forget`. */
export class NeighborLists {
  readonly #cache: Pick<CacheStore, "getLists">;
  readonly #collection: string;
  readonly #capacity: number;
  readonly #kept = new Map<string, NeighborList>();

  /** @param capacity how many lists to keep, > 0 */
  constructor(cache: Pick<CacheStore, "getLists">, collection: string, capacity = 200_000) {
    this.#cache = cache;
    this.#collection = collection;
    this.#capacity = capacity;
  }

  /** Lists by name; a missing one is empty. Cost: at most one round trip. */
  async load(names: Iterable<string>, call: CallOptions = {}): Promise<ReadonlyMap<string, NeighborList>> {
    const found = new Map<string, NeighborList>();
    const missing: string[] = [];
    for (const name of new Set(names)) {
      const kept = this.#kept.get(name);
      if (kept === undefined) missing.push(name);
      else found.set(name, kept);
    }
    if (missing.length > 0) {
      const { lists } = await this.#cache.getLists(
        missing.map((name) => ({ collection: this.#collection, name })),
        call,
      );
      for (const [position, name] of missing.entries()) {
        const entries = lists[position]?.entries;
        const list = entries && { ids: entries.map((e) => e.id), scores: Float32Array.from(entries, (e) => e.score) };
        found.set(name, this.#keep(name, list ?? NO_NEIGHBORS));
      }
    }
    return found;
  }

  forget(): void {
    this.#kept.clear();
  }

  #keep(name: string, list: NeighborList): NeighborList {
    this.#kept.set(name, list);
    if (this.#kept.size > this.#capacity) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    return list;
  }
}
