import { type Feedback, ZERO_TIME_MS } from "@furze/core";
import { FEEDBACK_COLUMNS, selectFeedback } from "./clickhouse-feedback-rows.ts";
import { deletionRows } from "./clickhouse-feedback-write.ts";
import { chunkList, type EntityKind, existingIds, ID_CHUNK } from "./clickhouse-rows.ts";
import type { ClickhouseCalls } from "./clickhouse-session.ts";
import { textArray } from "./sql-text.ts";
import { newStamp } from "./stamp.ts";

/** Feedback of a user may arrive while he is being deleted: what the first round has not seen, the next one deletes. */
const MAX_ROUNDS = 3;

/** What a deleted user or item leaves behind, so that nothing of it comes back when feedback names it again. */
const NOTHING: readonly (readonly [column: string, value: () => unknown])[] = [
  ["comment", () => ""],
  ["labels", () => "null"],
  ["is_hidden", () => 0],
  ["item_ms", () => ZERO_TIME_MS],
  ["categories", () => "[]"],
  ["epoch", newStamp],
  ["revision", newStamp],
  ["words", () => ""],
  ["words_of", () => ""],
];

const COLUMNS: readonly string[] = [...FEEDBACK_COLUMNS, ...NOTHING.slice(1).map(([column]) => column)];
const FEEDBACK_HAS_NONE: readonly null[] = Array(NOTHING.length - 1).fill(null);

/** Deletes users or items with their feedback, in one insert. @returns number that existed */
export async function deleteEntities(
  calls: ClickhouseCalls,
  table: string,
  kind: EntityKind,
  ids: readonly string[],
): Promise<number> {
  let numExisted = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const existing = await existingIds(calls, table, kind, ids);
    const feedback = await deletionRows(calls, table, await feedbackOf(calls, table, kind, ids));
    if (existing.size === 0 && feedback.length === 0) break;
    if (round === 0) numExisted = existing.size;
    const values = Array.from(existing, (id) => [kind, id, "", "", "0", 0, 0, 0, 0, ...NOTHING.map(([, value]) => value())]);
    for (const row of feedback) values.push([...row, ...FEEDBACK_HAS_NONE]);
    await calls.insert(table, { format: "JSONCompactEachRow", columns: COLUMNS, values });
  }
  return numExisted;
}

async function feedbackOf(
  calls: ClickhouseCalls,
  table: string,
  order: EntityKind,
  ids: readonly string[],
): Promise<Feedback[]> {
  const rows: Feedback[] = [];
  for (const chunk of chunkList([...new Set(ids)], ID_CHUNK)) {
    const sql = selectFeedback({ table, order, range: `key IN ${textArray(chunk)}` });
    for (const row of await calls.rows<Feedback>(sql)) rows.push(row);
  }
  return rows;
}
