import { type CallOptions, checkId } from "@furze/core";
import type { Page, PageOptions } from "@furze/storage";
import { checkBatchSize, checkLimit } from "../checks.ts";
import { TimeSlice } from "./event-loop.ts";
import type { SqliteSession } from "./sqlite-session.ts";

/** Rows that a bulk write stores between two looks at the clock. */
export const UPSERT_SLICE_ROWS = 100;

/** Rows of one synchronous read of a scan: a few milliseconds. */
export const SCAN_CHUNK_ROWS = 2000;

/** How rows of one table are read in the order of their id. */
export interface KeyedReading<Raw, Row> {
  /** Takes the key and the limit. */
  readonly sql: string;
  readonly toRow: (raw: Raw) => Row;
  readonly keyOf: (row: Row) => string;
}

/** One look-up per id: in this process each costs a few microseconds, and no limit on the number of variables applies. */
export async function readAligned<Raw, Row>(
  session: SqliteSession,
  sql: string,
  ids: readonly string[],
  toRow: (raw: Raw) => Row,
  options: CallOptions | undefined,
): Promise<(Row | undefined)[]> {
  const [only] = ids;
  if (only !== undefined && ids.length === 1) {
    const raw = session.read((reader) => reader.prepare(sql).get(only), options) as Raw | undefined;
    return [raw === undefined ? undefined : toRow(raw)];
  }
  const slice = new TimeSlice();
  const rows: (Row | undefined)[] = [];
  while (rows.length < ids.length) {
    session.readSnapshot((reader) => {
      const statement = reader.prepare(sql);
      const end = Math.min(rows.length + UPSERT_SLICE_ROWS, ids.length);
      for (const id of ids.slice(rows.length, end)) {
        const raw = statement.get(id) as Raw | undefined;
        rows.push(raw === undefined ? undefined : toRow(raw));
      }
    }, options);
    if (slice.isOver()) await slice.rest();
  }
  return rows;
}

/** One page: reads a row more than asked for, whose key begins the next page. */
export async function readPage<Raw, Row, Key extends string>(
  session: SqliteSession,
  reading: KeyedReading<Raw, Row>,
  options: PageOptions<Key>,
): Promise<Page<Row, Key>> {
  checkLimit(options.limit);
  if (options.from !== undefined) checkId(options.from, "from");
  const from = options.from ?? "";
  const raw = session.read((reader) => reader.prepare(reading.sql).all(from, options.limit + 1), options) as Raw[];
  const rows = raw.map(reading.toRow);
  const beyond = rows[options.limit];
  return {
    rows: beyond === undefined ? rows : rows.slice(0, options.limit),
    next: beyond === undefined ? undefined : (reading.keyOf(beyond) as Key),
  };
}

/** All rows in the order of the key; between two short reads the event loop turns. */
export async function* scanByKey<Raw, Row>(
  session: SqliteSession,
  reading: KeyedReading<Raw, Row>,
  batchSize: number,
  options: CallOptions,
): AsyncIterable<readonly Row[]> {
  checkBatchSize(batchSize);
  const slice = new TimeSlice();
  let after = "";
  let batch: Row[] = [];
  for (;;) {
    const limit = Math.min(batchSize - batch.length, SCAN_CHUNK_ROWS);
    const raw = session.read((reader) => reader.prepare(reading.sql).all(after, limit), options) as Raw[];
    for (const row of raw) batch.push(reading.toRow(row));
    const last = batch.at(-1);
    const isEnd = raw.length < limit;
    if (batch.length >= batchSize || (isEnd && batch.length > 0)) {
      yield batch;
      batch = [];
    }
    if (isEnd || last === undefined) return;
    after = reading.keyOf(last);
    if (slice.isOver()) await slice.rest();
  }
}

export interface EntityDeletion {
  readonly table: string;
  readonly feedback: string;
  readonly column: "user_id" | "item_id";
  /** Where the feedback of one of them is; takes its id. */
  readonly feedbackCondition: string;
  readonly ids: readonly string[];
}

/** Rows of feedback that one statement deletes. */
const DELETE_CHUNK_ROWS = 500;

/** Deletes users or items with their feedback. @returns number that existed */
export function deleteEntities(
  session: SqliteSession,
  { table, feedback, column, feedbackCondition, ids }: EntityDeletion,
  options: CallOptions | undefined,
): Promise<number> {
  const key = "feedback_type, user_id, item_id";
  const deleteFeedback = `DELETE FROM ${feedback} WHERE (${key}) IN
    (SELECT ${key} FROM ${feedback} WHERE ${feedbackCondition} LIMIT ${DELETE_CHUNK_ROWS})`;
  return session.writeSliced(function* (connection) {
    let existed = 0;
    for (const id of ids) {
      while (Number(connection.prepare(deleteFeedback).run(id).changes) === DELETE_CHUNK_ROWS) yield;
      existed += Number(connection.prepare(`DELETE FROM ${table} WHERE ${column} = ?`).run(id).changes);
      yield;
    }
    return existed;
  }, options);
}
