import { type CallOptions, checkId, InvalidArgumentError, type JsonValue } from "@furze/core";
import type { Page, PageOptions } from "@furze/storage";
import type { ClickhouseCalls, ClickhouseSession } from "./clickhouse-session.ts";
import { IN_ORDER, quote, textArray } from "./sql-text.ts";

/** Ids in one look-up. */
export const ID_CHUNK = 5000;

export type EntityKind = "user" | "item";

/** How users or items are read. */
export interface EntityReading<Raw extends { readonly id: string }, Row> {
  readonly kind: EntityKind;
  readonly table: string;
  /** Columns behind the id. */
  readonly columns: string;
  readonly toRows: (calls: ClickhouseCalls, raw: readonly Raw[]) => Promise<Row[]> | Row[];
  readonly idOf: (row: Row) => string;
}

/** Live users or items that meet a condition, in id order. */
function selectEntities(
  { kind, table, columns }: Pick<EntityReading<never, never>, "kind" | "table" | "columns">,
  condition: string,
  limit?: number,
): string {
  const bound = limit === undefined ? "" : ` LIMIT ${limit} ${IN_ORDER}`;
  return `SELECT key AS id, ${columns} FROM ${table} FINAL WHERE kind = '${kind}' AND is_live AND ${condition} ORDER BY key${bound}`;
}

/** Rows of these ids, by id. */
export async function readByIds<Raw extends { readonly id: string }, Row>(
  calls: ClickhouseCalls,
  reading: EntityReading<Raw, Row>,
  ids: readonly string[],
): Promise<Map<string, Row>> {
  const byId = new Map<string, Row>();
  for (const chunk of chunkList([...new Set(ids)], ID_CHUNK)) {
    const raw = await calls.rows<Raw>(selectEntities(reading, `key IN ${textArray(chunk)}`));
    for (const row of await reading.toRows(calls, raw)) byId.set(reading.idOf(row), row);
  }
  return byId;
}

/** One page: reads a row more than asked for, whose key begins the next page. */
export async function readPage<Raw extends { readonly id: string }, Row, Key extends string>(
  session: ClickhouseSession,
  reading: EntityReading<Raw, Row>,
  { from, limit, ...options }: PageOptions<Key>,
): Promise<Page<Row, Key>> {
  checkLimit(limit);
  if (from !== undefined) checkId(from, "from");
  return session.run(options, async (calls) => {
    const condition = from === undefined ? "1" : `key >= ${quote(from)}`;
    const raw = await calls.rows<Raw>(selectEntities(reading, condition, limit + 1));
    const beyond = raw[limit];
    const rows = await reading.toRows(calls, beyond === undefined ? raw : raw.slice(0, limit));
    return { rows, next: beyond?.id as Key | undefined };
  });
}

/** All rows in id order, one statement for each batch. */
export async function* scanEntities<Raw extends { readonly id: string }, Row>(
  session: ClickhouseSession,
  reading: EntityReading<Raw, Row>,
  batchSize: number,
  options: CallOptions,
): AsyncIterable<readonly Row[]> {
  checkBatchSize(batchSize);
  let condition = "1";
  for (;;) {
    const batch = await session.run(options, async (calls) =>
      reading.toRows(calls, await calls.rows<Raw>(selectEntities(reading, condition, batchSize))),
    );
    if (batch.length > 0) yield batch;
    const last = batch.at(-1);
    if (last === undefined || batch.length < batchSize) return;
    condition = `key > ${quote(reading.idOf(last))}`;
  }
}

/** Those of the ids whose users or items exist. */
export async function existingIds(
  calls: ClickhouseCalls,
  table: string,
  kind: EntityKind,
  ids: Iterable<string>,
): Promise<Set<string>> {
  const existing = new Set<string>();
  for (const chunk of chunkList([...new Set(ids)], ID_CHUNK)) {
    const rows = await calls.rows<{ key: string }>(
      `SELECT key FROM ${table} FINAL WHERE kind = '${kind}' AND is_live AND key IN ${textArray(chunk)}`,
    );
    for (const { key } of rows) existing.add(key);
  }
  return existing;
}

/** Users or items, counted, not estimated. */
export async function countEntities(
  session: ClickhouseSession,
  table: string,
  kind: EntityKind,
  options: CallOptions | undefined,
): Promise<number> {
  const sql = `SELECT count() AS count FROM ${table} FINAL WHERE kind = '${kind}' AND is_live`;
  const [row] = await session.run(options, (calls) => calls.rows<{ count: number }>(sql));
  return row?.count ?? 0;
}

/** The last row of each id. */
export function lastOfEachId<Row>(rows: readonly Row[], idOf: (row: Row) => string): Row[] {
  return [...new Map(rows.map((row) => [idOf(row), row])).values()];
}

/** Cuts a list into parts of at most `size`. */
export function* chunkList<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size);
}

/** Labels and categories as stored; a column without a value is that of a user or item that only feedback has named. */
export function parseJson<T extends JsonValue>(text: string | null, missing: T): T {
  return text === null ? missing : (JSON.parse(text) as T);
}

export function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 0) {
    throw new InvalidArgumentError("limit", `limit must be a whole number >= 0, got ${limit}`);
  }
}

export function checkBatchSize(batchSize: number): void {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new InvalidArgumentError("batchSize", `batchSize must be a whole number > 0, got ${batchSize}`);
  }
}
