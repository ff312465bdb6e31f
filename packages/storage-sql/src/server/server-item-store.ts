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
  SharedReads,
} from "@furze/storage";
import { parseCategories, toCategories, toJson } from "../columns.ts";
import { lastOfEachKey } from "./chunks.ts";
import type { ServerDataTables } from "./server-data-schema.ts";
import { indexItems, indexStoredItem } from "./server-item-index.ts";
import { itemChanges, itemInsertion, itemReading, listCategories } from "./server-item-rows.ts";
import { readLatest } from "./server-latest.ts";
import {
  countRows,
  deleteEntities,
  type EntityReading,
  patchEntity,
  readAligned,
  readPage,
  readSingly,
  scanEntities,
} from "./server-rows.ts";
import type { SqlConnection } from "./sql-driver.ts";
import type { SqlSession } from "./sql-session.ts";

/** Items on a SQL server. Whoever changes a row of `items` lists its categories and indexes it anew in the same transaction. */
export class ServerItemStore implements ItemStore {
  readonly #session: SqlSession;
  readonly #tables: ServerDataTables;
  readonly #reading: EntityReading<Item>;
  readonly #single: SharedReads<Item>;

  constructor(session: SqlSession, tables: ServerDataTables) {
    this.#session = session;
    this.#tables = tables;
    this.#reading = itemReading(tables);
    this.#single = new SharedReads(readSingly(session, this.#reading));
  }

  async upsert(items: readonly Item[], options?: CallOptions): Promise<void> {
    checkItems(items);
    if (items.length === 0) return;
    const unique = lastOfEachKey(items, (item) => item.itemId);
    const rows = unique.map((item) => [
      ...[item.itemId, item.isHidden ? 1 : 0, toCategories(item.categories), item.timestampMs],
      ...[toJson(item.labels), item.comment],
    ]);
    const itemIds = unique.map((item) => item.itemId);
    await this.#session.transaction(async (connection) => {
      await this.#session.dialect.insert(connection, itemInsertion(this.#tables), rows);
      await listCategories(connection, this.#session.dialect, this.#tables, itemIds);
      await indexItems(connection, this.#session.dialect, this.#tables, unique);
    }, options);
  }

  async get(itemIds: readonly ItemId[], options?: CallOptions): Promise<(Item | undefined)[]> {
    checkIds(itemIds, "ItemId");
    const [only] = itemIds;
    if (only !== undefined && itemIds.length === 1) return [await this.#single.one(only, options)];
    return readAligned(this.#session, this.#reading, itemIds, options);
  }

  /** Sends reads that wait for others of their turn. */
  flush(): void {
    this.#single.flush();
  }

  async patch(itemId: ItemId, patch: ItemPatch, options?: CallOptions): Promise<boolean> {
    checkId(itemId, "ItemId");
    checkItemPatch(patch);
    const row = { table: this.#tables.items, column: "item_id", id: itemId };
    return this.#session.transaction(async (connection) => {
      const exists = await patchEntity(connection, row, itemChanges(patch));
      if (exists) await this.#follow(connection, itemId);
      return exists;
    }, options);
  }

  async delete(itemIds: readonly ItemId[], options?: CallOptions): Promise<number> {
    checkIds(itemIds, "ItemId");
    const { items, feedback, deletions, itemCategories, itemTerms } = this.#tables;
    const deletion = {
      table: items,
      feedback,
      deletions,
      dependents: [itemCategories, itemTerms],
      column: "item_id",
      ids: itemIds,
    } as const;
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
    return readPage<Item, ItemId>(this.#session, this.#reading, options);
  }

  scan(options: ScanOptions = {}): AsyncIterable<readonly Item[]> {
    return scanEntities(this.#session, this.#reading, options.batchSize ?? DEFAULT_SCAN_BATCH_SIZE, options);
  }

  async latest(options: LatestItemsOptions): Promise<Item[]> {
    return readLatest(this.#session, this.#tables, this.#reading, options);
  }

  async count(options?: CallOptions): Promise<number> {
    return countRows(this.#session, this.#tables.items, options);
  }

  /** Brings what is derived from the row up to date. */
  async #follow(connection: SqlConnection, itemId: ItemId): Promise<void> {
    await listCategories(connection, this.#session.dialect, this.#tables, [itemId]);
    await indexStoredItem(connection, this.#session.dialect, this.#tables, itemId);
  }

  async #changeCategories(
    itemId: ItemId,
    change: (categories: readonly string[]) => readonly string[],
    options: CallOptions | undefined,
  ): Promise<boolean> {
    checkId(itemId, "ItemId");
    const { items } = this.#tables;
    return this.#session.transaction(async (connection) => {
      const { rows } = await connection.query(`SELECT categories FROM ${items} WHERE item_id = ? FOR UPDATE`, [itemId]);
      const [row] = rows;
      if (row === undefined) return false;
      const changed = toCategories(change(parseCategories(row[0] as string)));
      await connection.query(`UPDATE ${items} SET categories = ? WHERE item_id = ?`, [changed, itemId]);
      await this.#follow(connection, itemId);
      return true;
    }, options);
  }
}
