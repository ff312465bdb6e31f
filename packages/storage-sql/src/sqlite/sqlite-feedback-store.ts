import {
  type CallOptions,
  checkId,
  type Feedback,
  type FeedbackKey,
  type FeedbackType,
  type ItemId,
  type UserId,
} from "@furze/core";
import {
  checkFeedback,
  checkIds,
  FeedbackBatcher,
  type FeedbackColumns,
  type FeedbackFilter,
  type FeedbackListOptions,
  type FeedbackScanOptions,
  type FeedbackStore,
  type FeedbackWriteMode,
  type FeedbackWriteOptions,
  type FeedbackWriteResult,
  type Page,
  packFeedback,
} from "@furze/storage";
import { checkLimit } from "../checks.ts";
import type { DataTables } from "./sqlite-data-schema.ts";
import { SqliteFeedbackLists } from "./sqlite-feedback-lists.ts";
import { FEEDBACK_COLUMNS, type FeedbackRow, type SqlCondition, toFeedback } from "./sqlite-feedback-rows.ts";
import { scanFeedback } from "./sqlite-feedback-scan.ts";
import { writeFeedback } from "./sqlite-feedback-write.ts";
import type { SqliteSession } from "./sqlite-session.ts";

type PairOptions = CallOptions & { feedbackType?: FeedbackType | undefined };

/** Feedback in SQLite. */
export class SqliteFeedbackStore implements FeedbackStore {
  readonly #session: SqliteSession;
  readonly #tables: DataTables;
  readonly #lists: SqliteFeedbackLists;
  readonly #batcher: FeedbackBatcher;

  constructor(session: SqliteSession, tables: DataTables) {
    this.#session = session;
    this.#tables = tables;
    this.#lists = new SqliteFeedbackLists(session, tables);
    const write = async (rows: readonly Feedback[], mode: FeedbackWriteMode, signal: AbortSignal | undefined) => {
      await this.#write(rows, { mode, signal });
    };
    this.#batcher = new FeedbackBatcher(write);
  }

  async upsert(rows: readonly Feedback[], options: FeedbackWriteOptions): Promise<FeedbackWriteResult> {
    checkFeedback(rows);
    if (rows.length === 0) return { accepted: 0, rejected: 0 };
    const { mode, autoInsertUsers = true, autoInsertItems = true, signal } = options;
    if (!autoInsertUsers || !autoInsertItems) return this.#write(rows, options);
    // Calls that share one write need no savepoint each, which would keep apart every page that their rows touch.
    await this.#session.track(() => this.#batcher.add(rows, mode, signal), options);
    return { accepted: rows.length, rejected: 0 };
  }

  #write(rows: readonly Feedback[], options: FeedbackWriteOptions): Promise<FeedbackWriteResult> {
    return this.#session.writeSliced((connection) => writeFeedback(connection, this.#tables, rows, options), options);
  }

  async list(options: FeedbackListOptions): Promise<Page<Feedback, FeedbackKey>> {
    checkLimit(options.limit);
    const { untilMs, limit } = options;
    const start = listStart(options);
    if (start === undefined) return { rows: [], next: undefined };
    const conditions = [start.sql];
    const parameters = [...start.parameters];
    if (untilMs !== undefined) {
      conditions.push("timestamp_ms <= ?");
      parameters.push(untilMs);
    }
    const sql = `SELECT ${FEEDBACK_COLUMNS} FROM ${this.#tables.feedback}
      WHERE ${conditions.join(" AND ")} ORDER BY feedback_type, user_id, item_id LIMIT ?`;
    const raw = this.#session.read((reader) => reader.prepare(sql).all(...parameters, limit + 1), options) as FeedbackRow[];
    const rows = raw.map(toFeedback);
    const beyond = rows[limit];
    if (beyond === undefined) return { rows, next: undefined };
    const next = { feedbackType: beyond.feedbackType, userId: beyond.userId, itemId: beyond.itemId };
    return { rows: rows.slice(0, limit), next };
  }

  async ofUsers(userIds: readonly UserId[], filter: FeedbackFilter = {}): Promise<Feedback[][]> {
    checkIds(userIds, "UserId");
    return this.#lists.ofUsers(userIds, filter);
  }

  async columnsOfUsers(userIds: readonly UserId[], filter: FeedbackFilter = {}): Promise<FeedbackColumns> {
    checkIds(userIds, "UserId");
    return packFeedback(await this.#lists.packableOfUsers(userIds, filter));
  }

  async ofItems(itemIds: readonly ItemId[], filter: FeedbackFilter = {}): Promise<Feedback[][]> {
    checkIds(itemIds, "ItemId");
    return this.#lists.ofItems(itemIds, filter);
  }

  async ofPair(userId: UserId, itemId: ItemId, options: PairOptions = {}): Promise<Feedback[]> {
    const pair = pairCondition(userId, itemId, options);
    const sql = `SELECT ${FEEDBACK_COLUMNS} FROM ${this.#pairs} WHERE ${pair.sql} ORDER BY feedback_type`;
    const rows = this.#session.read((reader) => reader.prepare(sql).all(...pair.parameters), options);
    return (rows as FeedbackRow[]).map(toFeedback);
  }

  async deletePair(userId: UserId, itemId: ItemId, options: PairOptions = {}): Promise<number> {
    const pair = pairCondition(userId, itemId, options);
    const sql = `DELETE FROM ${this.#pairs} WHERE ${pair.sql}`;
    return this.#session.write((connection) => Number(connection.prepare(sql).run(...pair.parameters).changes), options);
  }

  scan(options: FeedbackScanOptions): AsyncIterable<readonly Feedback[]> {
    return scanFeedback(this.#session, this.#tables, options);
  }

  async count(options?: CallOptions): Promise<number> {
    return this.#session.count(this.#tables.feedback, options);
  }

  /** The index by item leads to the rows of a pair, whatever their types. */
  get #pairs(): string {
    return `${this.#tables.feedback} INDEXED BY ${this.#tables.feedbackByItem}`;
  }
}

/**
 * Where a listing begins. With a type the condition names the type alone first: only so does the index lead straight to the row.
 * `undefined` when the start lies behind all rows of the type.
 */
function listStart({ from, feedbackType }: FeedbackListOptions): SqlCondition | undefined {
  const { userId, itemId } = from ?? { userId: "", itemId: "" };
  if (feedbackType === undefined) {
    return { sql: "(feedback_type, user_id, item_id) >= (?, ?, ?)", parameters: [from?.feedbackType ?? "", userId, itemId] };
  }
  const order = from === undefined ? -1 : Buffer.compare(Buffer.from(from.feedbackType), Buffer.from(feedbackType));
  if (order > 0) return undefined;
  const sql = "feedback_type = ? AND (user_id, item_id) >= (?, ?)";
  return { sql, parameters: order === 0 ? [feedbackType, userId, itemId] : [feedbackType, "", ""] };
}

function pairCondition(userId: UserId, itemId: ItemId, { feedbackType }: PairOptions): SqlCondition {
  checkId(userId, "UserId");
  checkId(itemId, "ItemId");
  const sql = "item_id = ? AND user_id = ?";
  if (feedbackType === undefined) return { sql, parameters: [itemId, userId] };
  return { sql: `${sql} AND feedback_type = ?`, parameters: [itemId, userId, feedbackType] };
}
