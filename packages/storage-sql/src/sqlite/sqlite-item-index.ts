import type { Item } from "@furze/core";
import { itemTerms, type SearchColumn } from "@furze/storage";
import type { SqliteConnection } from "./sqlite-connection.ts";
import type { DataTables } from "./sqlite-data-schema.ts";
import { type ItemRow, selectItem, toItem } from "./sqlite-item-rows.ts";

/** What search looks into, as stored. */
export function readSearchColumns(connection: SqliteConnection, { searchColumns }: DataTables): SearchColumn[] {
  const [columns] = connection.prepare(`SELECT columns FROM ${searchColumns}`).get() as [string];
  return columns === "[]" ? [] : (JSON.parse(columns) as SearchColumn[]);
}

/**
 * The search index, open for the writes of one transaction; deletions are a trigger's affair. `undefined` while search is off, so that
 * whoever does not use it pays for one look at a table of one row.
 */
export function openItemIndex(connection: SqliteConnection, tables: DataTables): ItemIndex | undefined {
  const columns = readSearchColumns(connection, tables);
  return columns.length === 0 ? undefined : new ItemIndex(connection, tables, columns);
}

export class ItemIndex {
  readonly #connection: SqliteConnection;
  readonly #tables: DataTables;
  readonly #columns: readonly SearchColumn[];

  constructor(connection: SqliteConnection, tables: DataTables, columns: readonly SearchColumn[]) {
    this.#connection = connection;
    this.#tables = tables;
    this.#columns = columns;
  }

  has(itemId: string): boolean {
    const sql = `SELECT 1 FROM ${this.#tables.searchedItems} WHERE item_id = ?`;
    return this.#connection.prepare(sql).get(itemId) !== undefined;
  }

  put(item: Item): void {
    const { searchedItems, itemTerms: terms } = this.#tables;
    // The update changes nothing; without one, a row that is there already would not be returned.
    const [searchId] = this.#connection
      .prepare(`INSERT INTO ${searchedItems} (item_id) VALUES (?)
        ON CONFLICT (item_id) DO UPDATE SET item_id = excluded.item_id RETURNING search_id`)
      .get(item.itemId) as [number];
    const text = itemTerms(item, this.#columns).join(" ");
    this.#connection.prepare(`INSERT OR REPLACE INTO ${terms} (rowid, terms) VALUES (?, ?)`).run(searchId, text);
  }

  /** Takes the item as it is stored now. */
  putStored(itemId: string): void {
    const row = this.#connection.prepare(selectItem(this.#tables)).get(itemId);
    if (row !== undefined) this.put(toItem(row as ItemRow));
  }
}
