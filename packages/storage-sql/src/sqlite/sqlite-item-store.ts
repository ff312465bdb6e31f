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
import { parseCategories, toCategories, toJson } from "../columns.ts";
import type { DataTables } from "./sqlite-data-schema.ts";
import { openItemIndex } from "./sqlite-item-index.ts";
import { ITEM_COLUMNS, type ItemRow, selectItem, toItem } from "./sqlite-item-rows.ts";
import { readLatest } from "./sqlite-latest.ts";
import { deleteEntities, readAligned, readPage, scanByKey, UPSERT_SLICE_ROWS } from "./sqlite-rows.ts";
import type { SqliteSession } from "./sqlite-session.ts";

/** Items in SQLite. */
export class SqliteItemStore implements ItemStore {
  readonly #session: SqliteSession;
  readonly #tables: DataTables;
  readonly #select: string;
  readonly #upsert: string;
  readonly #patch: string;

  constructor(session: SqliteSession, tables: DataTables) {
    this.#session = session;
    this.#tables = tables;
    this.#select = `SELECT ${ITEM_COLUMNS} FROM ${tables.items}`;
    this.#upsert = `INSERT INTO ${tables.items} (${ITEM_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (item_id) DO UPDATE SET is_hidden = excluded.is_hidden, categories = excluded.categories,
        timestamp_ms = excluded.timestamp_ms, labels = excluded.labels, comment = excluded.comment`;
    this.#patch = `UPDATE ${tables.items} SET is_hidden = coalesce(?2, is_hidden), categories = coalesce(?3, categories),
        timestamp_ms = coalesce(?4, timestamp_ms), labels = iif(?5, ?6, labels), comment = coalesce(?7, comment)
      WHERE item_id = ?1`;
  }

  async upsert(items: readonly Item[], options?: CallOptions): Promise<void> {
    checkItems(items);
    if (items.length === 0) return;
    const sql = this.#upsert;
    const tables = this.#tables;
    await this.#session.writeSliced(function* (connection) {
      const statement = connection.prepare(sql);
      for (const [position, item] of items.entries()) {
        const categories = toCategories(item.categories);
        statement.run(item.itemId, item.isHidden ? 1 : 0, categories, item.timestampMs, toJson(item.labels), item.comment);
        if (position % UPSERT_SLICE_ROWS === 0) yield;
      }
      const index = openItemIndex(connection, tables);
      if (index !== undefined) yield* index.put(items);
    }, options);
  }

  async get(itemIds: readonly ItemId[], options?: CallOptions): Promise<(Item | undefined)[]> {
    checkIds(itemIds, "ItemId");
    return readAligned<ItemRow, Item>(this.#session, selectItem(this.#tables), itemIds, toItem, options);
  }

  async patch(itemId: ItemId, patch: ItemPatch, options?: CallOptions): Promise<boolean> {
    checkId(itemId, "ItemId");
    checkItemPatch(patch);
    const sql = this.#patch;
    const tables = this.#tables;
    return this.#session.writeSliced(function* (connection) {
      const { changes } = connection
        .prepare(sql)
        .run(
          itemId,
          patch.isHidden === undefined ? null : Number(patch.isHidden),
          patch.categories === undefined ? null : toCategories(patch.categories),
          patch.timestampMs ?? null,
          patch.labels === undefined ? 0 : 1,
          toJson(patch.labels ?? null),
          patch.comment ?? null,
        );
      const index = openItemIndex(connection, tables);
      if (index !== undefined) yield* index.putStored([itemId]);
      return Number(changes) > 0;
    }, options);
  }

  async delete(itemIds: readonly ItemId[], options?: CallOptions): Promise<number> {
    checkIds(itemIds, "ItemId");
    const { items: table, feedback } = this.#tables;
    const deletion = { table, feedback, column: "item_id", feedbackCondition: "item_id = ?", ids: itemIds } as const;
    return deleteEntities(this.#session, deletion, options);
  }

  async addCategory(itemId: ItemId, category: string, options?: CallOptions): Promise<boolean> {
    checkText(category, "category");
    return this.#changeCategories(itemId, (categories) => [...categories, category], options);
  }

  async removeCategory(itemId: ItemId, category: string, options?: CallOptions): Promise<boolean> {
    return this.#changeCategories(itemId, (categories) => categories.filter((one) => one !== category), options);
  }

  async list(options: PageOptions<ItemId>): Promise<Page<Item, ItemId>> {
    const sql = `${this.#select} WHERE item_id >= ? ORDER BY item_id LIMIT ?`;
    return readPage<ItemRow, Item, ItemId>(this.#session, { sql, toRow: toItem, keyOf: (item) => item.itemId }, options);
  }

  scan(options: ScanOptions = {}): AsyncIterable<readonly Item[]> {
    const sql = `${this.#select} WHERE item_id > ? ORDER BY item_id LIMIT ?`;
    const reading = { sql, toRow: toItem, keyOf: (item: Item) => item.itemId };
    return scanByKey<ItemRow, Item>(this.#session, reading, options.batchSize ?? DEFAULT_SCAN_BATCH_SIZE, options);
  }

  async latest(options: LatestItemsOptions): Promise<Item[]> {
    const select = selectItem(this.#tables);
    return this.#session.readSnapshot((reader) => {
      const statement = reader.prepare(select);
      return readLatest(reader, this.#tables, options).map((itemId) => toItem(statement.get(itemId) as ItemRow));
    }, options);
  }

  async count(options?: CallOptions): Promise<number> {
    return this.#session.count(this.#tables.items, options);
  }

  #changeCategories(
    itemId: ItemId,
    change: (categories: readonly string[]) => readonly string[],
    options: CallOptions | undefined,
  ): Promise<boolean> {
    checkId(itemId, "ItemId");
    const tables = this.#tables;
    const { items } = tables;
    return this.#session.writeSliced(function* (connection) {
      const row = connection.prepare(`SELECT categories FROM ${items} WHERE item_id = ?`).get(itemId);
      if (row === undefined) return false;
      const [categories] = row as [string];
      const changed = toCategories(change(parseCategories(categories)));
      connection.prepare(`UPDATE ${items} SET categories = ? WHERE item_id = ?`).run(changed, itemId);
      const index = openItemIndex(connection, tables);
      if (index !== undefined) yield* index.putStored([itemId]);
      return true;
    }, options);
  }
}
