import { type CallOptions, type Item, type ItemId, ZERO_TIME_MS } from "@furze/core";
import { IdDictionary } from "@furze/dataset";
import type { ItemStore, OverlayEntry } from "@furze/storage";
import type { ItemSet } from "./item-set.ts";
import { hashText } from "./text-hash.ts";

/** What a candidate must meet to be recommended. */
export interface ItemFilter {
  /** Indices of items that must not come back. */
  readonly excluded: ItemSet;
  /** Categories of which the item carries all; empty = any item. */
  readonly categories: readonly string[];
  /** Items at least this new, UTC milliseconds. */
  readonly sinceMs?: number | undefined;
}

const UNKNOWN = 0;
const VISIBLE = 1;
const HIDDEN = 2;
const NO_CATEGORIES: readonly string[] = [];
const FETCH_BATCH = 1000;

/**
 * Dense indices for the item ids that a process works with, and what it knows of each item: hidden or not, its categories
 * and its time. A worker loads it once per cycle; a server once at its start and then keeps it fresh from the overlay.
 *
 * Cost: about 64 bytes an item plus its id; category lists that are equal are held once.
 */
export class ItemSpace {
  readonly ids: IdDictionary = new IdDictionary();
  readonly #items: ItemStore;
  #states = new Uint8Array(1024);
  #timestampsMs = new Float64Array(1024);
  readonly #categories: (readonly string[])[] = [];
  readonly #categoryLists = new Map<string, readonly string[]>();
  /** Hashes of ids by their index, 0 where it is not known yet. */
  #hashes = new Int32Array(1024);
  /** Items whose state is not UNKNOWN. */
  #numKnown = 0;

  constructor(items: ItemStore) {
    this.#items = items;
  }

  get size(): number {
    return this.ids.size;
  }

  /** Index of an item id, given a new one at first sight. */
  indexOf(itemId: ItemId): number {
    return this.ids.add(itemId, 0);
  }

  /** The same for an id that is there as UTF-8: `bytes[start .. end)`. */
  indexOfBytes(bytes: Uint8Array, start: number, end: number): number {
    return this.ids.addBytes(bytes, start, end, 0);
  }

  idOf(index: number): ItemId {
    return this.ids.idOf(index);
  }

  /** `hashText(id, 1)` of an item's id, kept: histories are made of these. */
  hashOf(index: number): number {
    if (index >= this.#hashes.length) {
      const hashes = new Int32Array(Math.max(this.size, this.#hashes.length * 2));
      hashes.set(this.#hashes);
      this.#hashes = hashes;
    }
    const known = this.#hashes[index] as number;
    if (known !== 0) return known;
    const hash = hashText(this.idOf(index), 1);
    this.#hashes[index] = hash;
    return hash;
  }

  categoriesOf(index: number): readonly string[] {
    return this.#categories[index] ?? NO_CATEGORIES;
  }

  timestampMsOf(index: number): number {
    return index < this.#timestampsMs.length ? (this.#timestampsMs[index] as number) : ZERO_TIME_MS;
  }

  /** Reads every item of the store. Cost: one scan. */
  async load(options: CallOptions = {}): Promise<void> {
    for await (const batch of this.#items.scan({ signal: options.signal })) {
      for (const item of batch) this.put(item);
    }
  }

  /** Fetches what is not known yet of the given items; ids that the store does not have count as hidden. */
  async ensure(indices: Iterable<number>, options: CallOptions = {}): Promise<void> {
    // Asked for many lists of items, one after another, when nothing is missing.
    if (this.#numKnown === this.size) return;
    const unknown = new Set<number>();
    for (const index of indices) if (this.#stateOf(index) === UNKNOWN) unknown.add(index);
    const missing = [...unknown];
    for (let start = 0; start < missing.length; start += FETCH_BATCH) {
      const part = missing.slice(start, start + FETCH_BATCH);
      const rows = await this.#items.get(
        part.map((index) => this.idOf(index)),
        options,
      );
      for (const [position, index] of part.entries()) {
        const row = rows[position];
        if (row === undefined) this.#write(index, HIDDEN, ZERO_TIME_MS, NO_CATEGORIES);
        else this.put(row);
      }
    }
  }

  /** Takes the facts of an item row. */
  put(item: Item): void {
    this.#write(this.indexOf(item.itemId), item.isHidden ? HIDDEN : VISIBLE, item.timestampMs, item.categories);
  }

  /** Forgets what a change has made wrong; the next `ensure` reads it again. */
  applyOverlay(entries: readonly OverlayEntry[]): void {
    for (const entry of entries) {
      const index = this.ids.indexOf(entry.itemId);
      if (index < 0 || this.#stateOf(index) === UNKNOWN) continue;
      this.#states[index] = UNKNOWN;
      this.#numKnown--;
    }
  }

  /** Whether an item may be recommended. Items that are unknown, hidden or deleted may not. */
  admits(index: number, filter: ItemFilter): boolean {
    return !filter.excluded.has(index) && this.#isOpen(index, filter);
  }

  /** Writes a 1 for each item that may be recommended to somebody who has nothing excluded, else a 0. Cost: O(items). */
  markOpen(filter: Omit<ItemFilter, "excluded">, marks: Uint8Array): void {
    for (let index = 0; index < marks.length; index++) marks[index] = this.#isOpen(index, filter) ? 1 : 0;
  }

  #isOpen(index: number, { categories, sinceMs }: Omit<ItemFilter, "excluded">): boolean {
    if (this.#stateOf(index) !== VISIBLE) return false;
    if (sinceMs !== undefined && this.timestampMsOf(index) < sinceMs) return false;
    if (categories.length === 0) return true;
    const ofItem = this.categoriesOf(index);
    return categories.every((category) => ofItem.includes(category));
  }

  #stateOf(index: number): number {
    return index < this.#states.length ? (this.#states[index] as number) : UNKNOWN;
  }

  #write(index: number, state: number, timestampMs: number, categories: readonly string[]): void {
    if (this.#stateOf(index) === UNKNOWN) this.#numKnown++;
    if (index >= this.#states.length) this.#grow(index + 1);
    this.#states[index] = state;
    this.#timestampsMs[index] = timestampMs;
    this.#categories[index] = this.#intern(categories);
  }

  #intern(categories: readonly string[]): readonly string[] {
    if (categories.length === 0) return NO_CATEGORIES;
    const key = JSON.stringify(categories);
    const held = this.#categoryLists.get(key);
    if (held !== undefined) return held;
    this.#categoryLists.set(key, categories);
    return categories;
  }

  #grow(needed: number): void {
    const length = Math.max(needed, this.#states.length * 2);
    const states = new Uint8Array(length);
    states.set(this.#states);
    this.#states = states;
    const timestampsMs = new Float64Array(length);
    timestampsMs.set(this.#timestampsMs);
    this.#timestampsMs = timestampsMs;
  }
}
