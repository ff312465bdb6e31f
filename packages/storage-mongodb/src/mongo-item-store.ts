import { type CallOptions, checkId, type Item, type ItemId, type ItemPatch } from "@furze/core";
import {
  checkIds,
  checkItemPatch,
  checkItems,
  checkText,
  DEFAULT_SCAN_BATCH_SIZE,
  type ItemStore,
  type LatestItemsOptions,
  type Page,
  type PageOptions,
  type ScanOptions,
} from "@furze/storage";
import type { ItemDocument } from "./mongo-data-schema.ts";
import type { MongoDataCollections } from "./mongo-data-store.ts";
import { deleteEntities } from "./mongo-deletion.ts";
import {
  type ItemFields,
  indexFields,
  itemChanges,
  itemReading,
  readSettings,
  toItem,
  toItemFields,
  unchanged,
} from "./mongo-item-rows.ts";
import { readLatest } from "./mongo-latest.ts";
import { countRows, type RowReading, readAligned, readPage, scanRows } from "./mongo-rows.ts";
import type { MongoSession } from "./mongo-session.ts";
import type { WriteUnit } from "./write-unit.ts";

const AGAIN = { isRepeatable: true } as const;

/** Items in a MongoDB. Each write of an item also writes the words that search finds it by. */
export class MongoItemStore implements ItemStore {
  readonly #session: MongoSession;
  readonly #collections: MongoDataCollections;
  readonly #reading: RowReading<ItemDocument, Item>;

  constructor(session: MongoSession, collections: MongoDataCollections) {
    this.#session = session;
    this.#collections = collections;
    this.#reading = itemReading(collections.items);
  }

  async upsert(rows: readonly Item[], options?: CallOptions): Promise<void> {
    checkItems(rows);
    if (rows.length === 0) return;
    const { items, search } = this.#collections;
    const byId = new Map(rows.map((item) => [item.itemId as string, item]));
    await this.#session.write(
      async (unit) => {
        const settings = await readSettings(search, unit.options);
        const operations = Array.from(byId, ([_id, item]) => ({
          replaceOne: {
            filter: { _id },
            replacement: { ...toItemFields(item), ...indexFields(item, settings) },
            upsert: true,
          },
        }));
        await unit.bulk(items, operations, AGAIN);
      },
      { ...options, ...AGAIN },
    );
  }

  async get(itemIds: readonly ItemId[], options?: CallOptions): Promise<(Item | undefined)[]> {
    checkIds(itemIds, "ItemId");
    return readAligned(this.#session, this.#reading, itemIds, options);
  }

  async patch(itemId: ItemId, patch: ItemPatch, options?: CallOptions): Promise<boolean> {
    checkItemPatch(patch);
    const changes = itemChanges(patch);
    return this.#change(itemId, () => changes, options);
  }

  async delete(itemIds: readonly ItemId[], options?: CallOptions): Promise<number> {
    checkIds(itemIds, "ItemId");
    const { items, feedback } = this.#collections;
    return deleteEntities(this.#session, { entities: items, feedback, field: "itemId", ids: itemIds }, options);
  }

  async addCategory(itemId: ItemId, category: string, options?: CallOptions): Promise<boolean> {
    checkText(category, "category");
    return this.#change(itemId, ({ categories }) => ({ categories: [...new Set([...categories, category])] }), options);
  }

  async removeCategory(itemId: ItemId, category: string, options?: CallOptions): Promise<boolean> {
    return this.#change(itemId, ({ categories }) => ({ categories: categories.filter((one) => one !== category) }), options);
  }

  async list(options: PageOptions<ItemId>): Promise<Page<Item, ItemId>> {
    return readPage<ItemDocument, Item, ItemId>(this.#session, this.#reading, options);
  }

  scan(options: ScanOptions = {}): AsyncIterable<readonly Item[]> {
    return scanRows(this.#session, this.#reading, options.batchSize ?? DEFAULT_SCAN_BATCH_SIZE, options);
  }

  async latest(options: LatestItemsOptions): Promise<Item[]> {
    return readLatest(this.#session, this.#reading, options);
  }

  async count(options?: CallOptions): Promise<number> {
    return countRows(this.#session, this.#collections.items, options);
  }

  /** @returns whether there is such an item */
  async #change(
    itemId: ItemId,
    changesOf: (document: ItemDocument) => Partial<ItemFields>,
    options: CallOptions | undefined,
  ): Promise<boolean> {
    checkId(itemId, "ItemId");
    return this.#session.write(
      async (unit) => {
        for (;;) {
          const outcome = await this.#tryChange(unit, itemId, changesOf);
          if (outcome !== "raced") return outcome === "changed";
        }
      },
      { ...options, ...AGAIN },
    );
  }

  /** Changes the item as it was read, together with its words; when another writer came between, nothing is changed. */
  async #tryChange(
    unit: WriteUnit,
    itemId: ItemId,
    changesOf: (document: ItemDocument) => Partial<ItemFields>,
  ): Promise<"changed" | "missing" | "raced"> {
    const { items, search } = this.#collections;
    const document = await items.findOne({ _id: itemId }, { ...unit.options, projection: { terms: 0 } });
    if (document === null) return "missing";
    const settings = await readSettings(search, unit.options);
    const changes = changesOf(document);
    const words = indexFields(toItem({ ...document, ...changes }), settings);
    const update = { $set: { ...changes, ...words } };
    const result = await unit.change((inUnit) => items.updateOne(unchanged(document), update, inUnit), AGAIN);
    return result.matchedCount === 0 ? "raced" : "changed";
  }
}
