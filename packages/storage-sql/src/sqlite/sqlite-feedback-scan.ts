import type { Feedback, FeedbackType } from "@furze/core";
import { compareBytes, DEFAULT_SCAN_BATCH_SIZE, type FeedbackScanOptions } from "@furze/storage";
import { checkBatchSize } from "../checks.ts";
import { TimeSlice } from "./event-loop.ts";
import type { DataTables } from "./sqlite-data-schema.ts";
import {
  FEEDBACK_COLUMNS,
  type FeedbackRow,
  filterCondition,
  type SqlCondition,
  toFeedback,
  typesOf,
} from "./sqlite-feedback-rows.ts";
import { mergeByUser, shareOfStream } from "./sqlite-merge-by-user.ts";
import { SCAN_CHUNK_ROWS } from "./sqlite-rows.ts";
import type { SqliteSession } from "./sqlite-session.ts";

/** Walks all feedback in the order asked for. By user, that is the order within each type, merged; memory: one batch, and as many rows in wait. */
export async function* scanFeedback(
  session: SqliteSession,
  tables: DataTables,
  options: FeedbackScanOptions,
): AsyncIterable<readonly Feedback[]> {
  const batchSize = options.batchSize ?? DEFAULT_SCAN_BATCH_SIZE;
  checkBatchSize(batchSize);
  const filter = filterCondition(options);
  if (filter === undefined) return;
  const shared = { session, filter, options, slice: new TimeSlice() };
  if (options.order === "item") {
    const walk = { ...walkByItem(tables), ...shared, stepRows: SCAN_CHUNK_ROWS };
    yield* inBatches(walkRows(walk), batchSize);
    return;
  }
  const types = (typesOf(options) ?? storedTypes(session, tables, options)).toSorted(compareBytes);
  const stepRows = Math.min(shareOfStream(batchSize, types.length), SCAN_CHUNK_ROWS);
  const streams = types.map((type) => walkRows({ ...walkByUser(tables, type), ...shared, stepRows }));
  yield* mergeByUser(streams, batchSize);
}

function storedTypes(session: SqliteSession, { feedbackTypes }: DataTables, options: FeedbackScanOptions): FeedbackType[] {
  const sql = `SELECT feedback_type FROM ${feedbackTypes}`;
  const rows = session.read((reader) => reader.prepare(sql).all(), options) as [FeedbackType][];
  return rows.map(([type]) => type);
}

/** An order of rows, and which of them. */
interface RowOrder {
  /** With the index to be used. */
  readonly table: string;
  /** What all rows have in common. */
  readonly condition: SqlCondition;
  /** Columns that tell the rows apart, in their order. */
  readonly key: readonly string[];
  readonly keyOf: (row: FeedbackRow) => string[];
}

interface RowWalk extends RowOrder {
  readonly session: SqliteSession;
  readonly filter: SqlCondition;
  readonly options: FeedbackScanOptions;
  /** Walks that take turns share one. */
  readonly slice: TimeSlice;
  readonly stepRows: number;
}

function walkByUser({ feedback }: DataTables, type: FeedbackType): RowOrder {
  return {
    table: feedback,
    condition: { sql: "feedback_type = ?", parameters: [type] },
    key: ["user_id", "item_id"],
    keyOf: ([userId, itemId]) => [userId, itemId],
  };
}

function walkByItem({ feedback, feedbackByItem }: DataTables): RowOrder {
  return {
    table: `${feedback} INDEXED BY ${feedbackByItem}`,
    condition: { sql: "TRUE", parameters: [] },
    key: ["item_id", "user_id", "feedback_type"],
    keyOf: ([userId, itemId, feedbackType]) => [itemId, userId, feedbackType],
  };
}

/** Rows of one step, and the key that it came to; `undefined` at the end. */
interface Step {
  readonly rows: readonly FeedbackRow[];
  readonly end: readonly string[] | undefined;
}

async function* walkRows(walk: RowWalk): AsyncGenerator<readonly Feedback[], void, undefined> {
  const statements = walkStatements(walk);
  // Less than every key.
  let after: readonly string[] | undefined = walk.key.map(() => "");
  while (after !== undefined) {
    const { rows, end } = readStep(walk, statements, after);
    if (rows.length > 0) yield rows.map(toFeedback);
    after = end;
    if (walk.slice.isOver()) await walk.slice.rest();
  }
}

/**
 * Each step looks at the next `stepRows` rows, so that its work is bounded also when the filter lets almost nothing through. Only when
 * it held rows back does the step have to look for the key that it came to.
 */
function readStep(walk: RowWalk, statements: WalkStatements, after: readonly string[]): Step {
  const { session, condition, filter, stepRows, keyOf, options } = walk;
  const from = [...condition.parameters, ...after];
  return session.readSnapshot((reader) => {
    const rows = reader.prepare(statements.step).all(...from, stepRows, ...filter.parameters) as FeedbackRow[];
    const last = rows.at(-1);
    if (last !== undefined && rows.length === stepRows) return { rows, end: keyOf(last) };
    return { rows, end: reader.prepare(statements.boundary).get(...from, stepRows - 1) as string[] | undefined };
  }, options);
}

interface WalkStatements {
  readonly step: string;
  readonly boundary: string;
}

function walkStatements({ table, condition, key, filter }: RowWalk): WalkStatements {
  const columns = key.join(", ");
  const rows = `FROM ${table} WHERE ${condition.sql} AND (${columns}) > (${key.map(() => "?").join(", ")}) ORDER BY ${columns}`;
  return {
    step: `SELECT * FROM (SELECT ${FEEDBACK_COLUMNS} ${rows} LIMIT ?) WHERE TRUE${filter.sql}`,
    boundary: `SELECT ${columns} ${rows} LIMIT 1 OFFSET ?`,
  };
}

async function* inBatches<Row>(steps: AsyncIterable<readonly Row[]>, batchSize: number): AsyncIterable<readonly Row[]> {
  let batch: Row[] = [];
  for await (const step of steps) {
    for (const row of step) {
      batch.push(row);
      if (batch.length < batchSize) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
