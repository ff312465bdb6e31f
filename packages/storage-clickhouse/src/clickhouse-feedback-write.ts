import type { Feedback } from "@furze/core";
import { type FeedbackWriteOptions, type FeedbackWriteResult, feedbackKeyText, foldFeedback } from "@furze/storage";
import { FEEDBACK_COLUMNS, feedbackRows } from "./clickhouse-feedback-rows.ts";
import { chunkList, existingIds } from "./clickhouse-rows.ts";
import type { ClickhouseCalls } from "./clickhouse-session.ts";
import { type Generation, generationToBegin, generationToJoin } from "./generation.ts";
import { textArray } from "./sql-text.ts";

/** Keys in one look-up: with more of them the server looks at each for every block it reads. */
const KEY_CHUNK = 10_000;
/** From here on it pays to ask first whether there is any generation to find. */
const MANY_KEYS = 500;

/** Stores rows of known users and items, or creates those that may be; a user or item is created only for a row that is accepted. */
export async function writeFeedback(
  calls: ClickhouseCalls,
  table: string,
  rows: readonly Feedback[],
  { mode, autoInsertUsers = true, autoInsertItems = true }: FeedbackWriteOptions,
): Promise<FeedbackWriteResult> {
  let accepted = rows;
  if (!autoInsertUsers) {
    const known = await existingIds(
      calls,
      table,
      "user",
      accepted.map((row) => row.userId),
    );
    accepted = accepted.filter((row) => known.has(row.userId));
  }
  if (!autoInsertItems) {
    const known = await existingIds(
      calls,
      table,
      "item",
      accepted.map((row) => row.itemId),
    );
    accepted = accepted.filter((row) => known.has(row.itemId));
  }
  const folded = foldFeedback(accepted, mode);
  const newest = await newestGenerations(calls, table, [...folded.values()]);
  const values: unknown[][] = [];
  for (const [key, row] of folded) {
    const known = newest.get(key);
    values.push(...feedbackRows(row, mode === "sum" ? generationToJoin(known) : generationToBegin(known), true));
  }
  if (autoInsertUsers) for (const userId of new Set(accepted.map((row) => row.userId))) values.push(namedRow("user", userId));
  if (autoInsertItems) for (const itemId of new Set(accepted.map((row) => row.itemId))) values.push(namedRow("item", itemId));
  if (folded.size > 0) await calls.insert(table, { format: "JSONCompactEachRow", columns: FEEDBACK_COLUMNS, values });
  return { accepted: accepted.length, rejected: rows.length - accepted.length };
}

/** Says that a user or item is there and sets nothing else: what is known of it stays, and need not be looked up. */
function namedRow(kind: "user" | "item", id: string): unknown[] {
  return [kind, id, "", "", "0", 1, 0, 0, 0, null];
}

interface RawGeneration {
  readonly key: string;
  readonly sub: string;
  readonly feedback_type: string;
  readonly newest: string;
  readonly live: number;
}

/** Newest generation of each key that was ever replaced or deleted, by `feedbackKeyText`. */
async function newestGenerations(
  calls: ClickhouseCalls,
  table: string,
  keys: readonly Feedback[],
): Promise<Map<string, Generation>> {
  const byKey = new Map<string, Generation>();
  if (keys.length >= MANY_KEYS) {
    const any = await calls.rows(`SELECT 1 AS any FROM ${table} WHERE kind = 'feedback' AND generation > 0 LIMIT 1`);
    if (any.length === 0) return byKey;
  }
  for (const chunk of chunkList(keys, KEY_CHUNK)) {
    const columns = [chunk.map((row) => row.userId), chunk.map((row) => row.itemId), chunk.map((row) => row.feedbackType)];
    const rows = await calls.rows<RawGeneration>(
      `SELECT key, sub, feedback_type, toString(max(generation)) AS newest, argMax(is_live, generation) AS live FROM ${table}
        WHERE kind = 'feedback' AND generation > 0 AND (key, sub, feedback_type) IN arrayZip(${columns.map(textArray).join(", ")})
        GROUP BY key, sub, feedback_type`,
    );
    for (const { key, sub, feedback_type, newest, live } of rows) {
      byKey.set(feedbackKeyText(key, sub, feedback_type), { number: BigInt(newest), isLive: live === 1 });
    }
  }
  return byKey;
}

/** Rows that end the generations of these keys, in both orders. */
export async function deletionRows(calls: ClickhouseCalls, table: string, rows: readonly Feedback[]): Promise<unknown[][]> {
  const newest = await newestGenerations(calls, table, rows);
  return rows.flatMap((row) => {
    const generation = generationToBegin(newest.get(feedbackKeyText(row.userId, row.itemId, row.feedbackType)));
    return feedbackRows({ ...row, value: 0, timestampMs: 0, updatedMs: 0, comment: "" }, generation, false);
  });
}
