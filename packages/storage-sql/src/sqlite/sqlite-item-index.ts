import type { Item } from "@furze/core";
import { itemTerms, type SearchColumn } from "@furze/storage";
import type { SqliteConnection } from "./sqlite-connection.ts";
import type { DataTables } from "./sqlite-data-schema.ts";
import { type ItemRow, selectItem, toItem } from "./sqlite-item-rows.ts";
import { UPSERT_SLICE_ROWS } from "./sqlite-rows.ts";

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

  /**
   * Yields between slices of rows. All numbers come before all terms: any other statement makes FTS5 write out what it has gathered, which for
   * item after item costs five times as much.
   */
  *put(items: readonly Item[]): Generator<undefined, void, undefined> {
    const searchIds: number[] = [];
    for (const { itemId } of items) searchIds.push(this.#searchIdOf(itemId));
    const sql = `INSERT OR REPLACE INTO ${this.#tables.itemTerms} (rowid, terms) VALUES (?, ?)`;
    const insert = this.#connection.prepare(sql);
    for (const [position, item] of items.entries()) {
      insert.run(searchIds[position] ?? null, itemTerms(item, this.#columns).join(" "));
      if (position % UPSERT_SLICE_ROWS === 0) yield;
    }
  }

  /** Takes the items as they are stored now. */
  *putStored(itemIds: readonly string[]): Generator<undefined, void, undefined> {
    const select = this.#connection.prepare(selectItem(this.#tables));
    const rows = itemIds.map((itemId) => select.get(itemId)).filter((row) => row !== undefined);
    yield* this.put(rows.map((row) => toItem(row as ItemRow)));
  }

  #searchIdOf(itemId: string): number {
    const { searchedItems } = this.#tables;
    const found = this.#connection.prepare(`SELECT search_id FROM ${searchedItems} WHERE item_id = ?`).get(itemId);
    if (found !== undefined) return (found as [number])[0];
    const insert = this.#connection.prepare(`INSERT INTO ${searchedItems} (item_id) VALUES (?)`);
    return Number(insert.run(itemId).lastInsertRowid);
  }
}
