import { type CallOptions, type Item, throwIfAborted } from "@furze/core";
import {
  checkSearchColumns,
  type ItemSearch,
  itemTerms,
  queryTerms,
  type SearchColumn,
  type SearchItemsOptions,
} from "@furze/storage";
import { ITEM_COLUMNS, itemReading, type RawItem } from "./clickhouse-item-rows.ts";
import { checkLimit, type EntityReading, readByIds } from "./clickhouse-rows.ts";
import type { ClickhouseTables } from "./clickhouse-schema.ts";
import type { ClickhouseCalls, ClickhouseSession } from "./clickhouse-session.ts";
import { quote } from "./sql-text.ts";

/** Items that are read again in one step. */
const INDEX_ROWS = 2000;
const SEARCH_COLUMNS = "search_columns";

interface StaleItem extends RawItem {
  readonly revision: number;
}

/** Columns of an item's row that search needs. */
export interface WordColumns {
  readonly revision: number;
  readonly words?: string;
  readonly words_of?: string;
}

/**
 * Search over the words of items, which stand in their rows, each between spaces. They count for the revision of the item and the columns
 * that they were made of, so words that another write has overtaken are not found, and `index` makes them again.
 */
export class ClickhouseItemSearch implements ItemSearch {
  readonly #session: ClickhouseSession;
  readonly #tables: ClickhouseTables;
  readonly #reading: EntityReading<RawItem, Item>;

  constructor(session: ClickhouseSession, tables: ClickhouseTables) {
    this.#session = session;
    this.#tables = tables;
    this.#reading = itemReading(tables.records);
  }

  async index(columns: readonly SearchColumn[], options?: CallOptions): Promise<void> {
    const checked = checkSearchColumns(columns);
    await this.#session.run(options, async (calls) => {
      const value = JSON.stringify(checked);
      await calls.insert(this.#tables.settings, { format: "JSONEachRow", values: [{ name: SEARCH_COLUMNS, value }] });
      // Another process may set other columns meanwhile: then its run does the work.
      while (checked.length > 0 && JSON.stringify(await this.#columns(calls)) === value) {
        throwIfAborted(options?.signal);
        if (!(await this.#indexSome(calls, checked))) return;
      }
    });
  }

  async search({ query, limit, signal }: SearchItemsOptions): Promise<Item[]> {
    checkLimit(limit);
    const terms = queryTerms(query);
    return this.#session.run({ signal }, async (calls) => {
      if (limit === 0 || terms.length === 0) return [];
      const columns = await this.#columns(calls);
      if (columns.length === 0) return [];
      const ids = (await calls.rows<{ key: string }>(this.#searchQuery(terms, columns, limit))).map(({ key }) => key);
      const byId = await readByIds(calls, this.#reading, ids);
      return ids.flatMap((id) => byId.get(id) ?? []);
    });
  }

  /** How the words of items are made now; for writes of items, in the same insert. */
  async wordsOf(calls: ClickhouseCalls): Promise<(item: Item, revision: number) => WordColumns> {
    const columns = await this.#columns(calls);
    if (columns.length === 0) return (_, revision) => ({ revision });
    return (item, revision) => ({ revision, ...wordsOf(item, revision, columns) });
  }

  async #columns(calls: ClickhouseCalls): Promise<readonly SearchColumn[]> {
    const sql = `SELECT value FROM ${this.#tables.settings} FINAL WHERE name = '${SEARCH_COLUMNS}'`;
    const [row] = await calls.rows<{ value: string }>(sql);
    return row === undefined ? [] : (JSON.parse(row.value) as SearchColumn[]);
  }

  /** Makes the words of some items whose words are missing or out of date. @returns whether there were any */
  async #indexSome(calls: ClickhouseCalls, columns: readonly SearchColumn[]): Promise<boolean> {
    const { records } = this.#tables;
    const sql = `SELECT key AS id, ${ITEM_COLUMNS}, ifNull(revision, 0) AS revision FROM ${records} FINAL
      WHERE kind = 'item' AND is_live AND NOT (${areCurrent(columns)}) LIMIT ${INDEX_ROWS}`;
    const stale = await calls.rows<StaleItem>(sql);
    const items = await this.#reading.toRows(calls, stale);
    const values = items.map((item, index) => ({
      ...{ kind: "item", key: item.itemId },
      ...wordsOf(item, stale[index]?.revision ?? 0, columns),
    }));
    if (values.length > 0) await calls.insert(records, { format: "JSONEachRow", values });
    return values.length > 0;
  }

  /** More words count more than rare ones, and rare ones more than common ones. The first condition is a fast one that lets too much through. */
  #searchQuery(terms: readonly string[], columns: readonly SearchColumn[], limit: number): string {
    const list = `[${terms.map(quote).join(", ")}]`;
    const matches = `SELECT key, arrayJoin(arrayIntersect(splitByChar(' ', assumeNotNull(words)), ${list})) AS term
      FROM ${this.#tables.records} FINAL
      WHERE kind = 'item' AND is_live AND multiSearchAny(ifNull(words, ''), ${list}) AND ${areCurrent(columns)}`;
    const weighted = `SELECT key, 32 - log2(count() OVER (PARTITION BY term)) AS weight FROM (${matches})`;
    return `SELECT key FROM (${weighted}) GROUP BY key ORDER BY round(sum(weight), 6) DESC, key LIMIT ${limit}`;
  }
}

function wordsOf(item: Item, revision: number, columns: readonly SearchColumn[]): Omit<WordColumns, "revision"> {
  return { words: [...new Set(itemTerms(item, columns))].join(" "), words_of: `${revision}${madeOf(columns)}` };
}

function areCurrent(columns: readonly SearchColumn[]): string {
  return `ifNull(words_of, '') = concat(toString(ifNull(revision, 0)), ${quote(madeOf(columns))})`;
}

function madeOf(columns: readonly SearchColumn[]): string {
  return ` ${JSON.stringify(columns)}`;
}
