import type { Item } from "@furze/core";
import type { DataStore, DataVersion, LatestItemsOptions } from "@furze/storage";
import { LRUCache } from "lru-cache";

/** Items in the pages that are kept. */
const KEPT_ITEMS = 10_000;

interface KeptPage {
  readonly dataVersion: DataVersion;
  readonly items: readonly Item[];
}

/** The newest items; a page that everybody sees is read once for as long as the store knows that nothing was written. */
export class LatestItems {
  readonly #store: DataStore;
  readonly #pages = new LRUCache<string, KeptPage>({ maxSize: KEPT_ITEMS, sizeCalculation: ({ items }) => 1 + items.length });

  constructor(store: DataStore) {
    this.#store = store;
  }

  /** As `ItemStore.latest`. */
  async read(options: LatestItemsOptions): Promise<readonly Item[]> {
    const { limit, offset = 0, categories = [], sinceMs = Number.NEGATIVE_INFINITY } = options;
    const dataVersion = options.exclude === undefined ? await this.#store.dataVersion?.() : undefined;
    if (dataVersion === undefined) return this.#store.items.latest(options);
    const key = JSON.stringify([limit, offset, categories]);
    const kept = this.#pages.get(key);
    // Newest first: what has grown too old since stands at the end.
    if (kept?.dataVersion === dataVersion) return kept.items.filter((item) => item.timestampMs >= sinceMs);
    const items = await this.#store.items.latest(options);
    this.#pages.set(key, { dataVersion, items });
    return items;
  }
}
