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
  type FeedbackWriteOptions,
  type FeedbackWriteResult,
  type Page,
  packFeedback,
} from "@furze/storage";
import { listFeedback, scanFeedback } from "./clickhouse-feedback-pages.ts";
import { FEEDBACK_COLUMNS, type FeedbackOrder, filterConditions, selectFeedback } from "./clickhouse-feedback-rows.ts";
import { deletionRows, writeFeedback } from "./clickhouse-feedback-write.ts";
import { checkBatchSize, checkLimit, chunkList, ID_CHUNK } from "./clickhouse-rows.ts";
import type { ClickhouseSession } from "./clickhouse-session.ts";
import { quote, textArray } from "./sql-text.ts";

type PairOptions = CallOptions & { feedbackType?: FeedbackType | undefined };

/** Feedback on ClickHouse. */
export class ClickhouseFeedbackStore implements FeedbackStore {
  readonly #session: ClickhouseSession;
  readonly #table: string;
  readonly #batcher: FeedbackBatcher;

  constructor(session: ClickhouseSession, table: string) {
    this.#session = session;
    this.#table = table;
    this.#batcher = new FeedbackBatcher(async (rows, mode, signal) => {
      await writeFeedback(session.calls(signal), table, rows, { mode });
    });
  }

  async upsert(rows: readonly Feedback[], options: FeedbackWriteOptions): Promise<FeedbackWriteResult> {
    checkFeedback(rows);
    if (rows.length === 0) return { accepted: 0, rejected: 0 };
    const { mode, autoInsertUsers = true, autoInsertItems = true, signal } = options;
    return this.#session.run(options, async (calls) => {
      if (!autoInsertUsers || !autoInsertItems) return writeFeedback(calls, this.#table, rows, options);
      // Each insert is a part for the server to merge: those that wait at the same time become one.
      await this.#batcher.add(rows, mode, signal);
      return { accepted: rows.length, rejected: 0 };
    });
  }

  async list(options: FeedbackListOptions): Promise<Page<Feedback, FeedbackKey>> {
    checkLimit(options.limit);
    return this.#session.run(options, (calls) => listFeedback(calls, this.#table, options));
  }

  async ofUsers(userIds: readonly UserId[], filter: FeedbackFilter = {}): Promise<Feedback[][]> {
    checkIds(userIds, "UserId");
    return this.#ofEntities("user", userIds, filter);
  }

  async columnsOfUsers(userIds: readonly UserId[], filter: FeedbackFilter = {}): Promise<FeedbackColumns> {
    return packFeedback(await this.ofUsers(userIds, filter));
  }

  async ofItems(itemIds: readonly ItemId[], filter: FeedbackFilter = {}): Promise<Feedback[][]> {
    checkIds(itemIds, "ItemId");
    return this.#ofEntities("item", itemIds, filter);
  }

  async ofPair(userId: UserId, itemId: ItemId, options: PairOptions = {}): Promise<Feedback[]> {
    const sql = this.#pairQuery(userId, itemId, options);
    return this.#session.run(options, (calls) => calls.rows<Feedback>(sql));
  }

  async deletePair(userId: UserId, itemId: ItemId, options: PairOptions = {}): Promise<number> {
    const sql = this.#pairQuery(userId, itemId, options);
    return this.#session.run(options, async (calls) => {
      const rows = await calls.rows<Feedback>(sql);
      const values = await deletionRows(calls, this.#table, rows);
      if (rows.length > 0) {
        await calls.insert(this.#table, { format: "JSONCompactEachRow", columns: FEEDBACK_COLUMNS, values });
      }
      return rows.length;
    });
  }

  scan(options: FeedbackScanOptions): AsyncIterable<readonly Feedback[]> {
    const batchSize = options.batchSize ?? DEFAULT_SCAN_BATCH_SIZE;
    checkBatchSize(batchSize);
    return scanFeedback(this.#session, this.#table, { ...options, batchSize });
  }

  async count(options?: CallOptions): Promise<number> {
    const sql = `SELECT count() AS count FROM (${selectFeedback({ table: this.#table, order: "user", range: "1" })})`;
    const [row] = await this.#session.run(options, (calls) => calls.rows<{ count: number }>(sql));
    return row?.count ?? 0;
  }

  #pairQuery(userId: UserId, itemId: ItemId, { feedbackType }: PairOptions): string {
    checkId(userId, "UserId");
    checkId(itemId, "ItemId");
    if (feedbackType !== undefined) checkId(feedbackType, "FeedbackType");
    const type = feedbackType === undefined ? "" : ` AND feedback_type = ${quote(feedbackType)}`;
    const range = `key = ${quote(userId)} AND sub = ${quote(itemId)}${type}`;
    return selectFeedback({ table: this.#table, order: "user", range });
  }

  async #ofEntities(order: FeedbackOrder, ids: readonly string[], filter: FeedbackFilter): Promise<Feedback[][]> {
    const conditions = filterConditions(filter);
    if (conditions === undefined || ids.length === 0) return ids.map(() => []);
    const byId = new Map<string, Feedback[]>(ids.map((id) => [id, []]));
    await this.#session.run(filter, async (calls) => {
      for (const chunk of chunkList([...byId.keys()], ID_CHUNK)) {
        const range = `key IN ${textArray(chunk)}`;
        const rows = await calls.rows<Feedback>(selectFeedback({ table: this.#table, order, range, conditions }));
        for (const row of rows) byId.get(order === "user" ? row.userId : row.itemId)?.push(row);
      }
    });
    for (const rows of byId.values()) rows.sort(order === "user" ? newestOfUserFirst : newestOfItemFirst);
    return ids.map((id) => [...(byId.get(id) ?? [])]);
  }
}

function newestOfUserFirst(a: Feedback, b: Feedback): number {
  return b.timestampMs - a.timestampMs || compareBytes(a.itemId, b.itemId) || compareBytes(a.feedbackType, b.feedbackType);
}

function newestOfItemFirst(a: Feedback, b: Feedback): number {
  return b.timestampMs - a.timestampMs || compareBytes(a.userId, b.userId) || compareBytes(a.feedbackType, b.feedbackType);
}
