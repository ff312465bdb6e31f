import type { CallOptions, Item } from "@furze/core";
import { checkSearchColumns, type ItemSearch, queryTerms, type SearchColumn, type SearchItemsOptions } from "@furze/storage";
import { checkLimit } from "../checks.ts";
import type { DataTables } from "./sqlite-data-schema.ts";
import { openItemIndex, readSearchColumns } from "./sqlite-item-index.ts";
import { ITEM_COLUMNS, type ItemRow, toItem } from "./sqlite-item-rows.ts";
import { scanByKey } from "./sqlite-rows.ts";
import type { SqliteSession } from "./sqlite-session.ts";

/** Items that one transaction indexes: bounds how long it keeps other writers out. */
const INDEX_BATCH_ITEMS = 1000;

/** Search for items with FTS5, ranked by BM25. */
export class SqliteItemSearch implements ItemSearch {
  readonly #session: SqliteSession;
  readonly #tables: DataTables;

  constructor(session: SqliteSession, tables: DataTables) {
    this.#session = session;
    this.#tables = tables;
  }

  async index(columns: readonly SearchColumn[], options: CallOptions = {}): Promise<void> {
    const wanted = checkSearchColumns(columns);
    await this.#setColumns(wanted, options);
    const { items, searchedItems } = this.#tables;
    const numMissing = this.#session.count(items, options) - this.#session.count(searchedItems, options);
    if (wanted.length > 0 && numMissing > 0) await this.#indexMissing(options);
  }

  async search({ query, limit, signal }: SearchItemsOptions): Promise<Item[]> {
    checkLimit(limit);
    const terms = queryTerms(query);
    const { items, searchedItems, itemTerms } = this.#tables;
    const columns = ITEM_COLUMNS.split(", ").map((column) => `items.${column}`);
    const sql = `SELECT ${columns.join(", ")} FROM ${itemTerms} AS found
      JOIN ${searchedItems} AS searched ON searched.search_id = found.rowid
      JOIN ${items} AS items ON items.item_id = searched.item_id
      WHERE found.terms MATCH ? ORDER BY found.rank, searched.item_id LIMIT ?`;
    return this.#session.read(
      (reader) => {
        if (terms.length === 0 || limit === 0) return [];
        const match = terms.map((term) => `"${term}"`).join(" OR ");
        return (reader.prepare(sql).all(match, limit) as ItemRow[]).map(toItem);
      },
      { signal },
    );
  }

  /** Other columns begin with an empty index. */
  #setColumns(columns: readonly SearchColumn[], options: CallOptions): Promise<void> {
    const { searchColumns, searchedItems, itemTerms } = this.#tables;
    return this.#session.write((connection) => {
      if (String(readSearchColumns(connection, this.#tables)) === String(columns)) return;
      connection.prepare(`UPDATE ${searchColumns} SET columns = ?`).run(JSON.stringify(columns));
      connection.execute(`DELETE FROM ${searchedItems}; INSERT INTO ${itemTerms} (${itemTerms}) VALUES ('delete-all')`);
    }, options);
  }

  async #indexMissing(options: CallOptions): Promise<void> {
    const sql = `SELECT item_id FROM ${this.#tables.items} WHERE item_id > ? ORDER BY item_id LIMIT ?`;
    const reading = { sql, toRow: ([itemId]: [string]) => itemId, keyOf: (itemId: string) => itemId };
    for await (const itemIds of scanByKey(this.#session, reading, INDEX_BATCH_ITEMS, options)) {
      const tables = this.#tables;
      await this.#session.writeSliced(function* (connection) {
        // Another process may have set other columns in the meantime.
        const index = openItemIndex(connection, tables);
        if (index !== undefined) yield* index.putStored(itemIds.filter((itemId) => !index.has(itemId)));
      }, options);
    }
  }
}
