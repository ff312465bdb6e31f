import type { CallOptions } from "@furze/core";
import type { CacheStore } from "@furze/storage";

/** A stored neighbor list as ids with scores, best first. */
export interface NeighborList {
  readonly ids: readonly string[];
  readonly scores: Float32Array;
}

const EMPTY: NeighborList = { ids: [], scores: new Float32Array(0) };

/** Reads neighbor lists in bulk and keeps the decoded ones until `forget`. */
export class NeighborLists<Decoded> {
  readonly #cache: Pick<CacheStore, "getLists">;
  readonly #collection: string;
  readonly #decode: (list: NeighborList) => Decoded;
  readonly #capacity: number;
  readonly #kept = new Map<string, Decoded>();

  /** @param capacity how many lists to keep, > 0 */
  constructor(
    cache: Pick<CacheStore, "getLists">,
    collection: string,
    decode: (list: NeighborList) => Decoded,
    capacity = 200_000,
  ) {
    this.#cache = cache;
    this.#collection = collection;
    this.#decode = decode;
    this.#capacity = capacity;
  }

  /** Lists by name; a missing one decodes as empty. Cost: at most one round trip. */
  async load(names: Iterable<string>, call: CallOptions = {}): Promise<ReadonlyMap<string, Decoded>> {
    const found = new Map<string, Decoded>();
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
        found.set(name, this.#keep(name, this.#decode(list ?? EMPTY)));
      }
    }
    return found;
  }

  forget(): void {
    this.#kept.clear();
  }

  #keep(name: string, decoded: Decoded): Decoded {
    this.#kept.set(name, decoded);
    if (this.#kept.size > this.#capacity) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    return decoded;
  }
}
