import { type Feedback, ZERO_TIME_MS } from "@furze/core";
import {
  type FeedbackWriteMode,
  type FeedbackWriteOptions,
  type FeedbackWriteResult,
  type SortedFeedback,
  sortFeedback,
} from "@furze/storage";
import { chunkList, handled, type Sent } from "./chunks.ts";
import type { ServerDataTables } from "./server-data-schema.ts";
import { feedbackInsertion, toFeedbackRow } from "./server-feedback-rows.ts";
import { ID_CHUNK, lockDeletions } from "./server-rows.ts";
import type { Creation, SqlConnection, SqlDialect } from "./sql-driver.ts";
import type { SentResult } from "./sql-session.ts";

/** A transaction that writes feedback. */
export interface FeedbackWriting {
  readonly connection: SqlConnection;
  readonly dialect: SqlDialect;
  readonly tables: ServerDataTables;
  /** Until it resolves, nothing may be sent that would do harm outside of the transaction. */
  readonly begun: Promise<unknown>;
}

/** Rows to be stored as if by calls one after another. */
export class FeedbackBatch {
  readonly mode: FeedbackWriteMode;
  readonly #rows: readonly Feedback[];
  #sorted: SortedFeedback | undefined;

  constructor(rows: readonly Feedback[], mode: FeedbackWriteMode) {
    this.#rows = rows;
    this.mode = mode;
  }

  /** The same work serves every try. */
  sort(): SortedFeedback {
    this.#sorted ??= sortFeedback(this.#rows, this.mode);
    return this.#sorted;
  }
}

/** Sends rows whose users and items are all to be created when they are unknown. The batch is sorted while the server begins. */
export async function sendBatch({ connection, dialect, tables, begun }: FeedbackWriting, batch: FeedbackBatch): Promise<Sent> {
  const opened = handled(Promise.all([begun, lockDeletions(connection, dialect, tables.feedback, "shared")]));
  const { rows, userIds, itemIds } = batch.sort();
  await opened;
  const users = handled(dialect.createMissing(connection, newUsers(tables), userIds));
  if (!dialect.sendsAhead) await users;
  const items = handled(dialect.createMissing(connection, newItems(tables), itemIds));
  if (!dialect.sendsAhead) await items;
  const created = handled(Promise.all([users, items]));
  const insertion = feedbackInsertion(tables, batch.mode);
  const { answered } = await dialect.sendInsert(connection, insertion, rows.map(toFeedbackRow)).catch(async (error) => {
    // What failed first says why; after it the server only says that something did.
    await created;
    throw error;
  });
  return { answered: handled(Promise.all([created, answered])) };
}

/** Sends rows of known users and items, or of those that may be created; that happens only for a row that is accepted. */
export async function sendKnown(
  writing: FeedbackWriting,
  rows: readonly Feedback[],
  { mode, autoInsertUsers = true, autoInsertItems = true }: FeedbackWriteOptions,
): Promise<SentResult<FeedbackWriteResult>> {
  const { tables, begun } = writing;
  let accepted = rows;
  await begun;
  if (!autoInsertUsers) {
    const known = await lockKnown(writing, tables.users, "user_id", new Set(accepted.map((row) => row.userId)));
    accepted = accepted.filter((row) => known.has(row.userId));
  }
  if (!autoInsertItems) {
    const known = await lockKnown(writing, tables.items, "item_id", new Set(accepted.map((row) => row.itemId)));
    accepted = accepted.filter((row) => known.has(row.itemId));
  }
  const { answered } = await sendBatch(writing, new FeedbackBatch(accepted, mode));
  return { result: { accepted: accepted.length, rejected: rows.length - accepted.length }, answered };
}

function newUsers({ users }: ServerDataTables): Creation {
  return { table: users, column: "user_id", defaults: { labels: "NULL", comment: "''" } };
}

function newItems({ items }: ServerDataTables): Creation {
  const defaults = { is_hidden: "0", categories: "'[]'", timestamp_ms: `${ZERO_TIME_MS}`, labels: "NULL", comment: "''" };
  return { table: items, column: "item_id", defaults };
}

async function lockKnown(
  { connection, dialect }: FeedbackWriting,
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
