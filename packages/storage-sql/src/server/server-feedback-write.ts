import { type Feedback, ZERO_TIME_MS } from "@furze/core";
import { type FeedbackWriteMode, type FeedbackWriteOptions, type FeedbackWriteResult, foldFeedback } from "@furze/storage";
import { chunkList } from "./chunks.ts";
import type { ServerDataTables } from "./server-data-schema.ts";
import { feedbackInsertion, toFeedbackRow } from "./server-feedback-rows.ts";
import { itemInsertion } from "./server-item-rows.ts";
import { ID_CHUNK, lockDeletions } from "./server-rows.ts";
import type { Insertion, SqlConnection, SqlDialect, SqlValue } from "./sql-driver.ts";

/** Rows, each key once, sorted by key. Folding them before a transaction begins keeps its locks short. */
export interface PreparedFeedback {
  readonly rows: readonly Feedback[];
  readonly userIds: readonly string[];
  readonly itemIds: readonly string[];
}

/** Folds rows of one key like calls one after another, and sorts: writers that lock rows in one order do not deadlock. */
export function prepareFeedback(rows: readonly Feedback[], mode: FeedbackWriteMode): PreparedFeedback {
  const byKey = foldFeedback(rows, mode);
  const userIds = new Set(rows.map((row) => row.userId));
  const itemIds = new Set(rows.map((row) => row.itemId));
  const sorted = [...byKey.keys()].sort().map((key) => byKey.get(key) as Feedback);
  return { rows: sorted, userIds: [...userIds].sort(), itemIds: [...itemIds].sort() };
}

/** Stores rows whose users and items are all to be created when they are unknown. */
export async function writePrepared(
  connection: SqlConnection,
  dialect: SqlDialect,
  tables: ServerDataTables,
  prepared: PreparedFeedback,
  mode: FeedbackWriteMode,
): Promise<void> {
  await lockDeletions(connection, dialect, tables.feedback, "shared");
  await createMissing(connection, dialect, userInsertion(tables), prepared.userIds, (userId) => [userId, null, ""]);
  await createMissing(connection, dialect, { ...itemInsertion(tables), update: undefined }, prepared.itemIds, newItem);
  await dialect.insert(connection, feedbackInsertion(tables, mode), prepared.rows.map(toFeedbackRow));
}

/** Stores rows of known users and items, or creates those that may be; a user or item is created only for a row that is accepted. */
export async function writeFeedback(
  connection: SqlConnection,
  dialect: SqlDialect,
  tables: ServerDataTables,
  rows: readonly Feedback[],
  { mode, autoInsertUsers = true, autoInsertItems = true }: FeedbackWriteOptions,
): Promise<FeedbackWriteResult> {
  let accepted = rows;
  if (!autoInsertUsers) {
    const known = await lockKnown(connection, dialect, tables.users, "user_id", new Set(accepted.map((row) => row.userId)));
    accepted = accepted.filter((row) => known.has(row.userId));
  }
  if (!autoInsertItems) {
    const known = await lockKnown(connection, dialect, tables.items, "item_id", new Set(accepted.map((row) => row.itemId)));
    accepted = accepted.filter((row) => known.has(row.itemId));
  }
  await writePrepared(connection, dialect, tables, prepareFeedback(accepted, mode), mode);
  return { accepted: accepted.length, rejected: rows.length - accepted.length };
}

function userInsertion({ users }: ServerDataTables): Insertion {
  return {
    table: users,
    columns: [
      ["user_id", "text"],
      ["labels", "text"],
      ["comment", "text"],
    ],
    key: ["user_id"],
  };
}

function newItem(itemId: string): SqlValue[] {
  return [itemId, 0, "[]", ZERO_TIME_MS, null, ""];
}

/** Looks first: most are known, and a look costs less than an insert that finds its row there. */
async function createMissing(
  connection: SqlConnection,
  dialect: SqlDialect,
  insertion: Insertion,
  sortedIds: readonly string[],
  toRow: (id: string) => SqlValue[],
): Promise<void> {
  const [column] = insertion.key;
  if (column === undefined) return;
  for (const chunk of chunkList(sortedIds, ID_CHUNK)) {
    const order = dialect.holdRows === "" ? "" : `ORDER BY ${column} ${dialect.holdRows}`;
    const sql = `SELECT ${column} FROM ${insertion.table} WHERE ${dialect.in(column)} ${order}`;
    const known = new Set((await connection.query(sql, [chunk])).rows.map(([id]) => id));
    const missing = chunk.filter((id) => !known.has(id));
    if (missing.length > 0) await dialect.insert(connection, insertion, missing.map(toRow));
  }
}

async function lockKnown(
  connection: SqlConnection,
  dialect: SqlDialect,
  table: string,
  column: string,
  ids: ReadonlySet<string>,
): Promise<Set<unknown>> {
  const known = new Set<unknown>();
  for (const chunk of chunkList([...ids].sort(), ID_CHUNK)) {
    const sql = `SELECT ${column} FROM ${table} WHERE ${dialect.in(column)} ORDER BY ${column} ${dialect.lockRows}`;
    for (const [id] of (await connection.query(sql, [chunk])).rows) known.add(id);
  }
  return known;
}
