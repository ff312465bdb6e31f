import { LRUCache } from "lru-cache";
import type { RankedList } from "./cache-store.ts";

/** Entries of decoded lists that are kept: at some 150 bytes each. */
const KEPT_ENTRIES = 200_000;

/** A list as a store has read it, `undefined` where there was none. */
export interface KeptList<Stamp> {
  /** What tells the store whether the list is still the one that it holds. */
  readonly stamp: Stamp;
  readonly list: RankedList | undefined;
  readonly expiresMs: number;
}

/**
 * Lists that a store has decoded, the last used ones, so that a server does not decode them anew for each request. Whether one is
 * still what the store holds is for the store to find out, at each read.
 * Memory: 200,000 entries at some 150 bytes each.
 */
export class KeptLists<Stamp> {
  readonly #lists = new LRUCache<string, KeptList<Stamp>>({
    maxSize: KEPT_ENTRIES,
    sizeCalculation: ({ list }) => 1 + (list?.entries.length ?? 0),
  });

  get(key: string): KeptList<Stamp> | undefined {
    return this.#lists.get(key);
  }

  set(key: string, kept: KeptList<Stamp>): void {
    this.#lists.set(key, kept);
  }

  delete(key: string): void {
    this.#lists.delete(key);
  }
}
