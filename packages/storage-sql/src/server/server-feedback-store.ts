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
  compareBytes,
  DEFAULT_SCAN_BATCH_SIZE,
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
import { checkBatchSize, checkLimit } from "../checks.ts";
import { BatchLedger } from "./batch-ledger.ts";
import { chunkList, handled } from "./chunks.ts";
import { type KeysetReading, readKeyset } from "./keyset.ts";
import { KnownIds } from "./known-ids.ts";
import { readAhead } from "./read-ahead.ts";
import type { ServerDataTables } from "./server-data-schema.ts";
import { readFeedbackColumns } from "./server-feedback-columns.ts";
import { FEEDBACK_COLUMNS, filterConditions, toFeedback } from "./server-feedback-rows.ts";
import { FeedbackBatch, type FeedbackWriting, sendBatch, sendKnown } from "./server-feedback-write.ts";
import { countRows, ID_CHUNK } from "./server-rows.ts";
import type { OrderValue, SqlConnection, SqlValue } from "./sql-driver.ts";
import type { SentResult, SqlSession } from "./sql-session.ts";

type PairOptions = CallOptions & { feedbackType?: FeedbackType | undefined };

/** Feedback on a SQL server. */
export class ServerFeedbackStore implements FeedbackStore {
  readonly #session: SqlSession;
  readonly #tables: ServerDataTables;
  readonly #ledger: BatchLedger;
  readonly #batcher: FeedbackBatcher;
  readonly #known = new KnownIds();

  constructor(session: SqlSession, tables: ServerDataTables) {
    this.#session = session;
    this.#tables = tables;
    this.#ledger = new BatchLedger(tables.feedbackBatches, session.dialect);
    this.#batcher = new FeedbackBatcher(async (rows, mode, signal) => {
      const batch = new FeedbackBatch(rows, mode);
      const send = async (writing: FeedbackWriting) => ({ ...(await sendBatch(writing, batch)), result: rows.length });
      await this.#attempt(send, mode, { signal });
    });
  }

  async upsert(rows: readonly Feedback[], options: FeedbackWriteOptions): Promise<FeedbackWriteResult> {
    checkFeedback(rows);
    if (rows.length === 0) return { accepted: 0, rejected: 0 };
    const { mode, autoInsertUsers = true, autoInsertItems = true, signal } = options;
    if (autoInsertUsers && autoInsertItems) {
      await this.#session.track(() => this.#batcher.add(rows, mode, signal), options);
      return { accepted: rows.length, rejected: 0 };
    }
    const send = (writing: FeedbackWriting) => sendKnown(writing, rows, options);
    return this.#session.track(() => this.#attempt(send, mode, options), options);
  }

  /** Stores a batch once, however often its connection breaks. */
  async #attempt<T>(
    send: (writing: FeedbackWriting) => Promise<SentResult<T>>,
    mode: FeedbackWriteMode,
    options: CallOptions,
  ): Promise<T> {
    const session = this.#session;
    const sendAs = (connection: SqlConnection, begun: Promise<unknown>) => {
      const { dialect, numOpened } = session;
      return send({ connection, dialect, tables: this.#tables, known: this.#known, numOpened, begun });
    };
    if (mode === "overwrite") return session.attemptAhead(sendAs, options);
    const batchId = this.#ledger.newBatchId();
    let stored: { readonly result: T } | undefined;
    const once = async (connection: SqlConnection, begun: Promise<unknown>): Promise<SentResult<T>> => {
      const claimed = handled(this.#ledger.claim(connection, batchId));
      // Only a try that came to its COMMIT can have been stored, and it has left its result.
      if (stored !== undefined && !(await claimed)) return { result: stored.result, answered: begun };
      const sent = await sendAs(connection, handled(Promise.all([begun, claimed])));
      stored = { result: sent.result };
      return sent;
    };
    const result = await session.attemptAhead(once, options);
    this.#ledger.finish(batchId);
    return result;
  }

  async list(options: FeedbackListOptions): Promise<Page<Feedback, FeedbackKey>> {
    const { untilMs, limit } = options;
    checkLimit(limit);
    const start = this.#listStart(options);
    if (start === undefined) return { rows: [], next: undefined };
    const until = untilMs === undefined ? [] : ["timestamp_ms <= ?"];
    const keyset: KeysetReading = {
      ...start,
      conditions: [...start.conditions, ...until],
      parameters: untilMs === undefined ? start.parameters : [...start.parameters, untilMs],
      isInclusive: true,
      limit: limit + 1,
    };
    const raw = await this.#session.read((connection) => readKeyset(connection, this.#session.dialect, keyset), options);
    const rows = raw.map(toFeedback);
    const beyond = rows[limit];
    if (beyond === undefined) return { rows, next: undefined };
    const next = { feedbackType: beyond.feedbackType, userId: beyond.userId, itemId: beyond.itemId };
    return { rows: rows.slice(0, limit), next };
  }

  async ofUsers(userIds: readonly UserId[], filter: FeedbackFilter = {}): Promise<Feedback[][]> {
    checkIds(userIds, "UserId");
    return this.#ofEntities("user", userIds, filter);
  }

  async columnsOfUsers(userIds: readonly UserId[], filter: FeedbackFilter = {}): Promise<FeedbackColumns> {
    const { packed } = this.#session.dialect;
    if (packed === undefined) return packFeedback(await this.ofUsers(userIds, filter));
    checkIds(userIds, "UserId");
    return readFeedbackColumns(this.#session, packed, this.#tables.feedback, userIds, filter);
  }

  async ofItems(itemIds: readonly ItemId[], filter: FeedbackFilter = {}): Promise<Feedback[][]> {
    checkIds(itemIds, "ItemId");
    return this.#ofEntities("item", itemIds, filter);
  }

  async ofPair(userId: UserId, itemId: ItemId, options: PairOptions = {}): Promise<Feedback[]> {
    const { where, parameters } = pairCondition(userId, itemId, options);
    const sql = `SELECT ${FEEDBACK_COLUMNS} FROM ${this.#tables.feedback} WHERE ${where} ORDER BY feedback_type`;
    return (await this.#session.query(sql, parameters, options)).rows.map(toFeedback);
  }

  async deletePair(userId: UserId, itemId: ItemId, options: PairOptions = {}): Promise<number> {
    const { where, parameters } = pairCondition(userId, itemId, options);
    const sql = `DELETE FROM ${this.#tables.feedback} WHERE ${where}`;
    return this.#session.transaction(async (connection) => (await connection.query(sql, parameters)).changes, options);
  }

  async *scan(options: FeedbackScanOptions): AsyncIterable<readonly Feedback[]> {
    const batchSize = options.batchSize ?? DEFAULT_SCAN_BATCH_SIZE;
    checkBatchSize(batchSize);
    const { dialect } = this.#session;
    const filter = filterConditions(dialect, options);
    if (filter === undefined) return;
    const byUser = options.order === "user";
    const index = dialect.useIndex(byUser ? dialect.primaryKey : this.#tables.feedbackByItem);
    const select = `SELECT ${FEEDBACK_COLUMNS} FROM ${this.#tables.feedback} ${index}`;
    const columns = byUser ? ["user_id", "item_id", "feedback_type"] : ["item_id", "user_id", "feedback_type"];
    yield* readAhead({
      batchSize,
      read: async (from: OrderValue[] | undefined): Promise<Feedback[]> => {
        const keyset = { select, columns, from, ...filter, limit: batchSize };
        const raw = await this.#session.read((connection) => readKeyset(connection, dialect, keyset), options);
        return raw.map(toFeedback);
      },
      positionOf: ({ userId, itemId, feedbackType }) =>
        byUser ? [userId, itemId, feedbackType] : [itemId, userId, feedbackType],
    });
  }

  async count(options?: CallOptions): Promise<number> {
    return countRows(this.#session, this.#tables.feedback, options);
  }

  async #ofEntities(kind: "user" | "item", ids: readonly string[], filter: FeedbackFilter): Promise<Feedback[][]> {
    const { dialect } = this.#session;
    const condition = filterConditions(dialect, filter);
    if (condition === undefined || ids.length === 0) return ids.map(() => []);
    const column = kind === "user" ? "user_id" : "item_id";
    const where = [dialect.in(column), ...condition.conditions].join(" AND ");
    const sql = `SELECT ${FEEDBACK_COLUMNS} FROM ${this.#tables.feedback} WHERE ${where}`;
    const byId = new Map<string, Feedback[]>(ids.map((id) => [id, []]));
    await this.#session.read(async (connection) => {
      // A second attempt begins anew.
      for (const list of byId.values()) list.length = 0;
      for (const chunk of chunkList([...byId.keys()], ID_CHUNK)) {
        const { rows } = await connection.query(sql, [chunk, ...condition.parameters]);
        for (const row of rows.map(toFeedback)) byId.get(kind === "user" ? row.userId : row.itemId)?.push(row);
      }
    }, filter);
    // Sorted here: servers do it over again for all users together, on disk when comments are long.
    const compare = kind === "user" ? newestFirstByItem : newestFirstByUser;
    for (const list of byId.values()) list.sort(compare);
    return ids.map((id) => byId.get(id) ?? []);
  }

  /**
   * Where a listing begins. With a type the condition names the type alone first, so that its rows are one stretch of the index.
   * `undefined` when the start lies behind all rows of the type.
   */
  #listStart({ from, feedbackType }: FeedbackListOptions): Omit<KeysetReading, "limit"> | undefined {
    const index = this.#session.dialect.useIndex(this.#tables.feedbackByType);
    const select = `SELECT ${FEEDBACK_COLUMNS} FROM ${this.#tables.feedback} ${index}`;
    if (feedbackType === undefined) {
      const start = from === undefined ? undefined : [from.feedbackType, from.userId, from.itemId];
      return { select, columns: ["feedback_type", "user_id", "item_id"], from: start, conditions: [], parameters: [] };
    }
    const order = from === undefined ? -1 : Buffer.compare(Buffer.from(from.feedbackType), Buffer.from(feedbackType));
    if (order > 0) return undefined;
    const start = from === undefined || order < 0 ? undefined : [from.userId, from.itemId];
    const columns = ["user_id", "item_id"];
    return { select, columns, from: start, conditions: ["feedback_type = ?"], parameters: [feedbackType] };
  }
}

function newestFirstByItem(a: Feedback, b: Feedback): number {
  return b.timestampMs - a.timestampMs || compareBytes(a.itemId, b.itemId) || compareBytes(a.feedbackType, b.feedbackType);
}

function newestFirstByUser(a: Feedback, b: Feedback): number {
  return b.timestampMs - a.timestampMs || compareBytes(a.userId, b.userId) || compareBytes(a.feedbackType, b.feedbackType);
}

function pairCondition(
  userId: UserId,
  itemId: ItemId,
  { feedbackType }: PairOptions,
): { where: string; parameters: SqlValue[] } {
  checkId(userId, "UserId");
  checkId(itemId, "ItemId");
  const where = "user_id = ? AND item_id = ?";
  if (feedbackType === undefined) return { where, parameters: [userId, itemId] };
  return { where: `${where} AND feedback_type = ?`, parameters: [userId, itemId, feedbackType] };
}
