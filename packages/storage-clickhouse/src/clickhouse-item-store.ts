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
import { deleteEntities } from "./clickhouse-deletion.ts";
import { itemReading, type RawItem } from "./clickhouse-item-rows.ts";
import type { ClickhouseItemSearch } from "./clickhouse-item-search.ts";
import { readLatest } from "./clickhouse-latest.ts";
import { countEntities, type EntityReading, lastOfEachId, readByIds, readPage, scanEntities } from "./clickhouse-rows.ts";
import type { ClickhouseTables } from "./clickhouse-schema.ts";
import type { ClickhouseCalls, ClickhouseSession } from "./clickhouse-session.ts";
import { quote } from "./sql-text.ts";
import { newStamp } from "./stamp.ts";

/** Items on ClickHouse. */
export class ClickhouseItemStore implements ItemStore {
  readonly #session: ClickhouseSession;
  readonly #table: string;
  readonly #search: ClickhouseItemSearch;
  readonly #reading: EntityReading<RawItem, Item>;

  constructor(session: ClickhouseSession, { records }: ClickhouseTables, search: ClickhouseItemSearch) {
    this.#session = session;
    this.#table = records;
    this.#search = search;
    this.#reading = itemReading(records);
  }

  async upsert(items: readonly Item[], options?: CallOptions): Promise<void> {
    checkItems(items);
    if (items.length === 0) return;
    await this.#session.run(options, async (calls) => {
      const words = await this.#search.wordsOf(calls);
      const values = lastOfEachId(items, (item) => item.itemId).map((item) => ({
        ...{ kind: "item", key: item.itemId, is_live: 1, epoch: newStamp() },
        ...columnsOf(item),
        ...words(item, newStamp()),
      }));
      await calls.insert(this.#table, { format: "JSONEachRow", values });
    });
  }

  async get(itemIds: readonly ItemId[], options?: CallOptions): Promise<(Item | undefined)[]> {
    checkIds(itemIds, "ItemId");
    const byId = await this.#session.run(options, (calls) => readByIds(calls, this.#reading, itemIds));
    return itemIds.map((itemId) => byId.get(itemId));
  }

  async patch(itemId: ItemId, patch: ItemPatch, options?: CallOptions): Promise<boolean> {
    checkId(itemId, "ItemId");
    checkItemPatch(patch);
    return this.#session.run(options, async (calls) => {
      const item = (await readByIds(calls, this.#reading, [itemId])).get(itemId);
      if (item === undefined) return false;
      const changes = columnsOf(patch);
      if (Object.keys(changes).length === 0) return true;
      const words = await this.#search.wordsOf(calls);
      const row = {
        ...{ kind: "item", key: itemId },
        ...changes,
        ...(patch.categories !== undefined && { epoch: newStamp() }),
        ...words({ ...item, ...patch }, newStamp()),
      };
      await calls.insert(this.#table, { format: "JSONEachRow", values: [row] });
      return true;
    });
  }

  async delete(itemIds: readonly ItemId[], options?: CallOptions): Promise<number> {
    checkIds(itemIds, "ItemId");
    return this.#session.run(options, (calls) => deleteEntities(calls, this.#table, "item", itemIds));
  }

  async addCategory(itemId: ItemId, category: string, options?: CallOptions): Promise<boolean> {
    checkText(category, "category");
    return this.#session.run(options, (calls) => this.#changeCategory(calls, itemId, category, true));
  }

  async removeCategory(itemId: ItemId, category: string, options?: CallOptions): Promise<boolean> {
    return this.#session.run(options, (calls) => this.#changeCategory(calls, itemId, category, false));
  }

  async list(options: PageOptions<ItemId>): Promise<Page<Item, ItemId>> {
    return readPage<RawItem, Item, ItemId>(this.#session, this.#reading, options);
  }

  scan(options: ScanOptions = {}): AsyncIterable<readonly Item[]> {
    return scanEntities(this.#session, this.#reading, options.batchSize ?? DEFAULT_SCAN_BATCH_SIZE, options);
  }

  async latest(options: LatestItemsOptions): Promise<Item[]> {
    return this.#session.run(options, (calls) => readLatest(calls, this.#reading, options));
  }

  async count(options?: CallOptions): Promise<number> {
    return countEntities(this.#session, this.#table, "item", options);
  }

  /** One row for one category, so that changes of several categories at the same time are all kept. */
  async #changeCategory(calls: ClickhouseCalls, itemId: ItemId, category: string, isIn: boolean): Promise<boolean> {
    checkId(itemId, "ItemId");
    const sql = `SELECT key AS id, ${this.#reading.columns} FROM ${this.#table} FINAL
      WHERE kind = 'item' AND is_live AND key = ${quote(itemId)}`;
    const raw = await calls.rows<RawItem>(sql);
    const [item] = await this.#reading.toRows(calls, raw);
    if (raw[0] === undefined || item === undefined) return false;
    if (item.categories.includes(category) === isIn) return true;
    const words = await this.#search.wordsOf(calls);
    const others = item.categories.filter((one) => one !== category);
    const changed = { ...item, categories: isIn ? [...others, category] : others };
    const values = [
      { kind: "category", key: itemId, sub: category, generation: raw[0].epoch, is_live: isIn ? 1 : 0 },
      { kind: "item", key: itemId, ...words(changed, newStamp()) },
    ];
    await calls.insert(this.#table, { format: "JSONEachRow", values });
    return true;
  }
}

/** The fields that are there, as columns. */
function columnsOf({ isHidden, categories, timestampMs, labels, comment }: ItemPatch): Readonly<Record<string, unknown>> {
  return {
    ...(isHidden !== undefined && { is_hidden: isHidden ? 1 : 0 }),
    ...(timestampMs !== undefined && { item_ms: timestampMs }),
    ...(labels !== undefined && { labels: JSON.stringify(labels) }),
    ...(comment !== undefined && { comment }),
    ...(categories !== undefined && { categories: JSON.stringify([...new Set(categories)]) }),
  };
}
