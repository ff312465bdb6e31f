import { checkId, type Feedback, type FeedbackKey } from "@furze/core";
import type { FeedbackListOptions, FeedbackScanOptions, Page } from "@furze/storage";
import { filterConditions, rangeFrom, selectFeedback } from "./clickhouse-feedback-rows.ts";
import type { ClickhouseCalls, ClickhouseSession } from "./clickhouse-session.ts";
import { quote } from "./sql-text.ts";

/** Rows of one statement of a scan. They are held as text and become objects batch by batch. */
const SCAN_ROWS = 50_000;

/**
 * One page in the order type, user, item. No copy of the feedback is kept in this order: each type is read in the order user, item, where it
 * stops after the page. That is one statement for each type that the page touches.
 */
export async function listFeedback(
  calls: ClickhouseCalls,
  table: string,
  options: FeedbackListOptions,
): Promise<Page<Feedback, FeedbackKey>> {
  const { from, limit } = options;
  const conditions = filterConditions({ untilMs: options.untilMs }) ?? [];
  const rows: Feedback[] = [];
  for (const feedbackType of await typesFrom(calls, table, options)) {
    const start = from?.feedbackType === feedbackType ? rangeFrom(from.userId, from.itemId, feedbackType, true) : "1";
    const range = `feedback_type = ${quote(feedbackType)} AND ${start}`;
    const sql = selectFeedback({ table, order: "user", range, conditions, limit: limit + 1 - rows.length });
    rows.push(...(await calls.rows<Feedback>(sql)));
    if (rows.length > limit) break;
  }
  const beyond = rows[limit];
  if (beyond === undefined) return { rows, next: undefined };
  const next = { feedbackType: beyond.feedbackType, userId: beyond.userId, itemId: beyond.itemId };
  return { rows: rows.slice(0, limit), next };
}

/** Types that a page may have, in byte order. */
async function typesFrom(
  calls: ClickhouseCalls,
  table: string,
  { feedbackType, from }: FeedbackListOptions,
): Promise<readonly string[]> {
  if (feedbackType !== undefined) checkId(feedbackType, "FeedbackType");
  if (from !== undefined) {
    checkId(from.feedbackType, "FeedbackType");
    checkId(from.userId, "UserId");
    checkId(from.itemId, "ItemId");
  }
  const bounds = ["kind = 'feedback'"];
  if (feedbackType !== undefined) bounds.push(`feedback_type = ${quote(feedbackType)}`);
  if (from !== undefined) bounds.push(`feedback_type >= ${quote(from.feedbackType)}`);
  const sql = `SELECT DISTINCT feedback_type AS type FROM ${table} WHERE ${bounds.join(" AND ")} ORDER BY type`;
  return (await calls.rows<{ type: string }>(sql)).map(({ type }) => type);
}

/** All rows in one of the two orders. A statement that is done leaves no connection waiting for a slow reader. */
export async function* scanFeedback(
  session: ClickhouseSession,
  table: string,
  options: FeedbackScanOptions & { readonly batchSize: number },
): AsyncIterable<readonly Feedback[]> {
  const { order, batchSize } = options;
  const conditions = filterConditions(options);
  if (conditions === undefined) return;
  const limit = Math.max(batchSize, Math.floor(SCAN_ROWS / batchSize) * batchSize);
  let range = "1";
  for (;;) {
    const sql = selectFeedback({ table, order, range, conditions, limit });
    const text = await session.run(options, (calls) => calls.text(sql));
    let numRows = 0;
    let last: Feedback | undefined;
    for (const batch of parseBatches(text, batchSize)) {
      // A batch may be read long after the last: an abort counts here too.
      if (numRows > 0) await session.run(options, async () => {});
      yield batch;
      numRows += batch.length;
      last = batch.at(-1);
    }
    if (last === undefined || numRows < limit) return;
    const [key, sub] = order === "user" ? [last.userId, last.itemId] : [last.itemId, last.userId];
    range = rangeFrom(key, sub, last.feedbackType, false);
  }
}

/** Lines of JSON as batches of rows. */
function* parseBatches(text: string, batchSize: number): Generator<Feedback[]> {
  let batch: Feedback[] = [];
  let start = 0;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
    batch.push(JSON.parse(text.slice(start, end)) as Feedback);
    start = end + 1;
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
