import type { Feedback } from "@furze/core";
import type { FeedbackWriteMode } from "./data-store.ts";

/** Stands in no id, and sorts before everything that may. */
const SEPARATOR = "\0";

/** Text of a feedback row's key: its order is that of user, item and type. */
export function feedbackKeyText(userId: string, itemId: string, feedbackType: string): string {
  return userId + SEPARATOR + itemId + SEPARATOR + feedbackType;
}

/** Folds rows of one key like calls one after another. @returns rows by `feedbackKeyText`, in the order of their first appearance */
export function foldFeedback(rows: readonly Feedback[], mode: FeedbackWriteMode): Map<string, Feedback> {
  const byKey = new Map<string, Feedback>();
  for (const row of rows) {
    const key = feedbackKeyText(row.userId, row.itemId, row.feedbackType);
    const known = mode === "overwrite" ? undefined : byKey.get(key);
    byKey.set(key, known === undefined ? row : sumFeedback(known, row));
  }
  return byKey;
}

/** What two rows of one key are together when the second is added to the first. */
export function sumFeedback(first: Feedback, second: Feedback): Feedback {
  return {
    ...second,
    value: first.value + second.value,
    timestampMs: Math.min(first.timestampMs, second.timestampMs),
    updatedMs: Math.max(first.updatedMs, second.updatedMs),
  };
}
