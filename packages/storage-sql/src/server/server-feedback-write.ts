import { type Feedback, ZERO_TIME_MS } from "@furze/core";
import {
  type FeedbackWriteMode,
  type FeedbackWriteOptions,
  type FeedbackWriteResult,
  type SortedFeedback,
  sortFeedback,
} from "@furze/storage";
import { chunkList, handled, type Sent } from "./chunks.ts";
import type { IdKind, KnownIds, KnownSince } from "./known-ids.ts";
import type { ServerDataTables } from "./server-data-schema.ts";
import { feedbackInsertion, toFeedbackRow } from "./server-feedback-rows.ts";
import { ID_CHUNK } from "./server-rows.ts";
import type { Creation, SqlConnection, SqlDialect } from "./sql-driver.ts";
import type { SentResult } from "./sql-session.ts";

/** A transaction that writes feedback. */
export interface FeedbackWriting {
  readonly connection: SqlConnection;
  readonly dialect: SqlDialect;
  readonly tables: ServerDataTables;
  readonly known: KnownIds;
  /** Connections that had been opened when it began. */
  readonly numOpened: number;
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

/** A batch that is on its way. */
interface SentBatch extends Sent {
  /** To be called when it is stored. */
  readonly onStored: () => void;
}

/**
 * Sends rows whose users and items are all to be created when they are missing. The batch is sorted while the server begins.
 *
 * @param since when the transaction holds off deletions already
 */
export async function sendBatch(writing: FeedbackWriting, batch: FeedbackBatch, since?: KnownSince): Promise<SentBatch> {
  const { connection, dialect, tables, known } = writing;
  const opened = since ?? handled(holdDeletions(writing));
  const { rows, userIds, itemIds } = batch.sort();
  const held = await opened;
  const newUserIds = known.unknownOf("user", userIds, held);
  const newItemIds = known.unknownOf("item", itemIds, held);
  const users = await dialect.createMissing(connection, userCreation(tables), newUserIds);
  const items = await dialect.createMissing(connection, itemCreation(tables), newItemIds);
  const created = handled(Promise.all([users.answered, items.answered]));
  const insertion = feedbackInsertion(tables, batch.mode);
  const { answered } = await dialect.sendInsert(connection, insertion, rows.map(toFeedbackRow)).catch(async (error) => {
    // What failed first says why; after it the server only says that something did.
    await created;
    throw error;
  });
  const onStored = () => {
    known.add("user", newUserIds, held);
    known.add("item", newItemIds, held);
  };
  return { answered: handled(Promise.all([created, answered])), onStored };
}

/** Sends rows of known users and items, or of those that may be created; that happens only for a row that is accepted. */
export async function sendKnown(
  writing: FeedbackWriting,
  rows: readonly Feedback[],
  { mode, autoInsertUsers = true, autoInsertItems = true }: FeedbackWriteOptions,
): Promise<SentResult<FeedbackWriteResult>> {
  let accepted = rows;
  const since = await holdDeletions(writing);
  if (!autoInsertUsers) {
    const missing = await missingOf(writing, "user", new Set(accepted.map((row) => row.userId)), since);
    accepted = accepted.filter((row) => !missing.has(row.userId));
  }
  if (!autoInsertItems) {
    const missing = await missingOf(writing, "item", new Set(accepted.map((row) => row.itemId)), since);
    accepted = accepted.filter((row) => !missing.has(row.itemId));
  }
  const result = { accepted: accepted.length, rejected: rows.length - accepted.length };
  return { result, ...(await sendBatch(writing, new FeedbackBatch(accepted, mode), since)) };
}

/** From here on, users and items that are stored stay. */
async function holdDeletions({ connection, dialect, tables, numOpened, begun }: FeedbackWriting): Promise<KnownSince> {
  const [version] = await Promise.all([dialect.holdDeletions(connection, tables.deletions), begun]);
  return { version, numOpened };
}

function userCreation({ users }: ServerDataTables): Creation {
  return { table: users, column: "user_id", defaults: { labels: "NULL", comment: "''" } };
}

function itemCreation({ items }: ServerDataTables): Creation {
  const defaults = { is_hidden: "0", categories: "'[]'", timestamp_ms: `${ZERO_TIME_MS}`, labels: "NULL", comment: "''" };
  return { table: items, column: "item_id", defaults };
}

async function missingOf(
  { connection, dialect, tables, known }: FeedbackWriting,
  kind: IdKind,
  ids: ReadonlySet<string>,
  since: KnownSince,
): Promise<Set<string>> {
  const unknown = known.unknownOf(kind, [...ids], since);
  const missing = new Set(unknown);
  const { table, column } = kind === "user" ? userCreation(tables) : itemCreation(tables);
  const sql = `SELECT ${column} FROM ${table} WHERE ${dialect.in(column)}`;
  for (const chunk of chunkList(unknown, ID_CHUNK)) {
    for (const [id] of (await connection.query(sql, [chunk])).rows) missing.delete(id as string);
  }
  known.add(
    kind,
    unknown.filter((id) => !missing.has(id)),
    since,
  );
  return missing;
}
