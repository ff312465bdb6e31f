import type { CallOptions, Clock, Item, ItemId, ItemPatch } from "@furze/core";
import type { CacheStore, DataStore, OverlayPut } from "@furze/storage";

export interface ItemEditorOptions {
  readonly dataStore: DataStore;
  readonly cacheStore: CacheStore;
  readonly clock: Clock;
  /** Longest life of a list, in milliseconds: after it no list knows an item's old state. */
  readonly listTtlMs: number;
}

/**
 * Changes items so that every server sees the change at once: the row goes to the data store, and what differs from the
 * lists made before (hidden, deleted, other categories) goes to the overlay that readers apply.
 */
export class ItemEditor {
  readonly #data: DataStore;
  readonly #cache: CacheStore;
  readonly #clock: Clock;
  readonly #listTtlMs: number;

  constructor(options: ItemEditorOptions) {
    this.#data = options.dataStore;
    this.#cache = options.cacheStore;
    this.#clock = options.clock;
    this.#listTtlMs = options.listTtlMs;
  }

  /** Inserts or replaces items. A bulk load of new items writes nothing to the overlay. */
  async upsert(items: readonly Item[], options: CallOptions = {}): Promise<void> {
    const known = await this.#data.items.get(
      items.map((item) => item.itemId),
      options,
    );
    // A new id may have been deleted a moment ago, and then the overlay still hides it.
    const overlaid = known.includes(undefined) ? await this.#overlaidIds(options) : new Set<ItemId>();
    await this.#data.items.upsert(items, options);
    const changed = items.filter((item, position) => {
      const before = known[position];
      return before === undefined ? overlaid.has(item.itemId) : isVisiblyDifferent(before, item);
    });
    await this.#publish(
      changed.map((item) => this.#entryOf(item)),
      options,
    );
  }

  /** @returns false when there is no such item */
  async patch(itemId: ItemId, patch: ItemPatch, options: CallOptions = {}): Promise<boolean> {
    if (!(await this.#data.items.patch(itemId, patch, options))) return false;
    if (patch.isHidden !== undefined || patch.categories !== undefined) await this.#republish(itemId, options);
    return true;
  }

  /** Deletes items with their feedback. @returns number of items that existed */
  async delete(itemIds: readonly ItemId[], options: CallOptions = {}): Promise<number> {
    const deleted = await this.#data.items.delete(itemIds, options);
    await this.#publish(
      itemIds.map((itemId) => this.#entry(itemId, true, undefined)),
      options,
    );
    return deleted;
  }

  /** @returns false when there is no such item */
  async addCategory(itemId: ItemId, category: string, options: CallOptions = {}): Promise<boolean> {
    const exists = await this.#data.items.addCategory(itemId, category, options);
    if (exists) await this.#republish(itemId, options);
    return exists;
  }

  /** @returns false when there is no such item */
  async removeCategory(itemId: ItemId, category: string, options: CallOptions = {}): Promise<boolean> {
    const exists = await this.#data.items.removeCategory(itemId, category, options);
    if (exists) await this.#republish(itemId, options);
    return exists;
  }

  async #overlaidIds(options: CallOptions): Promise<ReadonlySet<ItemId>> {
    const overlay = await this.#cache.getOverlay(0, options);
    return new Set(overlay.entries.map((entry) => entry.itemId));
  }

  async #republish(itemId: ItemId, options: CallOptions): Promise<void> {
    const [item] = await this.#data.items.get([itemId], options);
    if (item !== undefined) await this.#publish([this.#entryOf(item)], options);
  }

  #entryOf(item: Item): OverlayPut {
    return this.#entry(item.itemId, item.isHidden, item.categories);
  }

  #entry(itemId: ItemId, isHidden: boolean, categories: readonly string[] | undefined): OverlayPut {
    const changedMs = this.#clock.now();
    return { itemId, isHidden, categories, changedMs, expiresMs: changedMs + this.#listTtlMs };
  }

  async #publish(entries: readonly OverlayPut[], options: CallOptions): Promise<void> {
    if (entries.length > 0) await this.#cache.putOverlay(entries, options);
  }
}

function isVisiblyDifferent(before: Item, after: Item): boolean {
  return (
    before.isHidden !== after.isHidden ||
    before.categories.length !== after.categories.length ||
    before.categories.some((category) => !after.categories.includes(category))
  );
}
