import type { Feedback } from "@furze/core";
import type { FeedbackWriteMode } from "./data-store.ts";
import { sumFeedback } from "./fold-feedback.ts";

/** Feedback, each key once, and the users and items it names; all in the order of their ids as JavaScript compares them. */
export interface SortedFeedback {
  /** In the order user, item, type. */
  readonly rows: readonly Feedback[];
  readonly userIds: readonly string[];
  readonly itemIds: readonly string[];
}

/**
 * Folds rows of one key like calls one after another, and sorts them: writers that lock rows in one order do not deadlock.
 * Cost: O(rows * log(rows)), most of it within the rows of one user; no text is made of the keys.
 */
export function sortFeedback(rows: readonly Feedback[], mode: FeedbackWriteMode): SortedFeedback {
  const byUser = new Map<string, Feedback[]>();
  const itemIds = new Set<string>();
  for (const row of rows) {
    const ofUser = byUser.get(row.userId);
    if (ofUser === undefined) byUser.set(row.userId, [row]);
    else ofUser.push(row);
    itemIds.add(row.itemId);
  }
  const userIds = [...byUser.keys()].sort();
  const sorted: Feedback[] = [];
  for (const userId of userIds) appendFolded(sorted, byUser.get(userId) ?? [], mode);
  return { rows: sorted, userIds, itemIds: [...itemIds].sort() };
}

/** Appends the rows of one user. The sort is stable, so rows of one key stay in the order of their calls. */
function appendFolded(sorted: Feedback[], ofUser: Feedback[], mode: FeedbackWriteMode): void {
  let last: Feedback | undefined;
  for (const row of ofUser.sort(byItemAndType)) {
    const isSameKey = last !== undefined && byItemAndType(last, row) === 0;
    if (isSameKey) sorted.pop();
    last = isSameKey && mode === "sum" && last !== undefined ? sumFeedback(last, row) : row;
    sorted.push(last);
  }
}

function byItemAndType(a: Feedback, b: Feedback): number {
  if (a.itemId !== b.itemId) return a.itemId < b.itemId ? -1 : 1;
  if (a.feedbackType === b.feedbackType) return 0;
  return a.feedbackType < b.feedbackType ? -1 : 1;
}
