import type { Feedback } from "@furze/core";
import { DEFAULT_SCAN_BATCH_SIZE, type FeedbackScanOptions } from "@furze/storage";
import { checkBatchSize } from "../checks.ts";
import { TimeSlice } from "./event-loop.ts";
import type { SqlValue } from "./sqlite-connection.ts";
import type { DataTables } from "./sqlite-data-schema.ts";
import { FEEDBACK_COLUMNS, type FeedbackRow, filterCondition, toFeedback } from "./sqlite-feedback-rows.ts";
import { SCAN_CHUNK_ROWS } from "./sqlite-rows.ts";
import type { SqliteSession } from "./sqlite-session.ts";

type Key = readonly [string, string, string];

/** Less than every key. */
const START: Key = ["", "", ""];

/**
 * Walks all feedback in key order. Each step first finds the key `SCAN_CHUNK_ROWS` further on and then reads the rows up to it, so that
 * the work of a step is bounded also when the filter lets almost nothing through.
 */
export async function* scanFeedback(
  session: SqliteSession,
  tables: DataTables,
  options: FeedbackScanOptions,
): AsyncIterable<readonly Feedback[]> {
  const batchSize = options.batchSize ?? DEFAULT_SCAN_BATCH_SIZE;
  checkBatchSize(batchSize);
  const filter = filterCondition(options);
  if (filter === undefined) return;
  const statements = scanStatements(tables, options.order, filter.sql);
  const slice = new TimeSlice();
  let after: Key | undefined = START;
  let batch: Feedback[] = [];
  while (after !== undefined) {
    const from: Key = after;
    const { rows, end } = session.readSnapshot((reader) => {
      const bound = reader.prepare(statements.boundary).get(...from, SCAN_CHUNK_ROWS - 1) as Key | undefined;
      const parameters: SqlValue[] = bound === undefined ? [...from] : [...from, ...bound];
      const sql = bound === undefined ? statements.rest : statements.range;
      return { rows: reader.prepare(sql).all(...parameters, ...filter.parameters) as FeedbackRow[], end: bound };
    }, options);
    for (const row of rows) {
      batch.push(toFeedback(row));
      if (batch.length === batchSize) {
        yield batch;
        batch = [];
      }
    }
    after = end;
    if (slice.isOver()) await slice.rest();
  }
  if (batch.length > 0) yield batch;
}

interface ScanStatements {
  readonly boundary: string;
  readonly range: string;
  readonly rest: string;
}

function scanStatements(tables: DataTables, order: "user" | "item", filterSql: string): ScanStatements {
  const key = order === "user" ? "user_id, item_id, feedback_type" : "item_id, user_id, feedback_type";
  const table = order === "user" ? tables.feedback : `${tables.feedback} INDEXED BY ${tables.feedbackByItem}`;
  const select = `SELECT ${FEEDBACK_COLUMNS} FROM ${table} WHERE (${key}) > (?, ?, ?)`;
  return {
    boundary: `SELECT ${key} FROM ${table} WHERE (${key}) > (?, ?, ?) ORDER BY ${key} LIMIT 1 OFFSET ?`,
    range: `${select} AND (${key}) <= (?, ?, ?)${filterSql} ORDER BY ${key}`,
    rest: `${select}${filterSql} ORDER BY ${key}`,
  };
}
