import type { CallOptions } from "@furze/core";
import { type CacheStore, ItemOverlay, type ListEntry, type ListKey, type RankedList } from "@furze/storage";
import type { ItemSpace } from "./item-space.ts";

/** Reads lists of items as they are to be shown now: what has been hidden, deleted or re-categorised since is applied. */
export class ListReader {
  readonly #cache: CacheStore;
  readonly #overlay: ItemOverlay;

  constructor(cache: CacheStore, space: ItemSpace) {
    this.#cache = cache;
    this.#overlay = new ItemOverlay((entries) => space.applyOverlay(entries));
  }

  /** Cost: one round trip, and a second one after an item has changed. */
  async read(key: ListKey, call: CallOptions = {}): Promise<RankedList | undefined> {
    const { lists, overlayVersion } = await this.#cache.getLists([key], call);
    await this.#overlay.refresh(this.#cache, overlayVersion);
    const [list] = lists;
    return list && { ...list, entries: this.#overlay.apply(list) };
  }
}

/** Whether an entry carries all of the categories. */
export function hasCategories(entry: ListEntry, categories: readonly string[]): boolean {
  return categories.every((category) => entry.categories.includes(category));
}
