import type { CallOptions, Item } from "@furze/core";
import { checkSearchColumns, type ItemSearch, queryTerms, type SearchColumn, type SearchItemsOptions } from "@furze/storage";
import { checkLimit } from "../checks.ts";
import type { ServerDataTables } from "./server-data-schema.ts";
import { addMissingTerms, readSearchColumns } from "./server-item-index.ts";
import { itemColumns, toItem } from "./server-item-rows.ts";
import { countRows } from "./server-rows.ts";
import type { SqlSession } from "./sql-session.ts";

/** Items that one transaction indexes. */
const INDEX_BATCH_ITEMS = 1000;

/** Search for items with the full-text index of the server. */
export class ServerItemSearch implements ItemSearch {
  readonly #session: SqlSession;
  readonly #tables: ServerDataTables;

  constructor(session: SqlSession, tables: ServerDataTables) {
    this.#session = session;
    this.#tables = tables;
  }

  async index(columns: readonly SearchColumn[], options: CallOptions = {}): Promise<void> {
    const wanted = checkSearchColumns(columns);
    await this.#setColumns(wanted, options);
    if (wanted.length === 0) return;
    const { items, itemTerms } = this.#tables;
    const numItems = await countRows(this.#session, items, options);
    if (numItems > (await countRows(this.#session, itemTerms, options))) await this.#indexMissing(options);
  }

  async search({ query, limit, signal }: SearchItemsOptions): Promise<Item[]> {
    checkLimit(limit);
    const { dialect } = this.#session;
    const { items, itemTerms } = this.#tables;
    const terms = queryTerms(query);
    if (terms.length === 0 || limit === 0) return this.#session.read(async () => [], { signal });
    const { matches, rank, pattern } = dialect.matchTerms("found.terms", terms);
    const sql = `SELECT ${itemColumns("items")} FROM ${itemTerms} AS found JOIN ${items} AS items ON items.item_id = found.item_id
      WHERE ${matches} ORDER BY ${rank} DESC, found.item_id LIMIT ?`;
    const { rows } = await this.#session.query(sql, [pattern, pattern, limit], { signal });
    return rows.map(toItem);
  }

  /** Other columns begin with an empty index. */
  #setColumns(columns: readonly SearchColumn[], options: CallOptions): Promise<void> {
    const { searchColumns, itemTerms } = this.#tables;
    return this.#session.transaction(async (connection) => {
      // Waits for the transactions that still write for the old columns.
      const stored = await readSearchColumns(connection, this.#tables, "FOR UPDATE");
      if (String(stored) === String(columns)) return;
      await connection.query(`UPDATE ${searchColumns} SET columns = ?`, [JSON.stringify(columns)]);
      await connection.query(`DELETE FROM ${itemTerms}`);
    }, options);
  }

  async #indexMissing(options: CallOptions): Promise<void> {
    const { items, itemTerms } = this.#tables;
    const { dialect } = this.#session;
    const sql = `SELECT items.item_id FROM ${items} AS items
      WHERE items.item_id > ? AND NOT EXISTS (SELECT 1 FROM ${itemTerms} AS found WHERE found.item_id = items.item_id)
      ORDER BY items.item_id LIMIT ${INDEX_BATCH_ITEMS}`;
    let after = "";
    for (;;) {
      const { rows } = await this.#session.query(sql, [after], options);
      const itemIds = rows.map(([itemId]) => itemId as string);
      const last = itemIds.at(-1);
      if (last === undefined) return;
      await this.#session.transaction((connection) => addMissingTerms(connection, dialect, this.#tables, itemIds), options);
      after = last;
    }
  }
}
