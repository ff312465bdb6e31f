import { type Feedback, type FeedbackRoles, feedbackRole, type ItemId, type UserId } from "@furze/core";
import type { ItemSpace } from "./item-space.ts";
import { hashText } from "./text-hash.ts";

/** What a user has done, as indices of the item space. */
export interface UserHistory {
  readonly userId: UserId;
  /** Items he likes, newest first, each once: positive and not negative. */
  readonly positives: Int32Array;
  /** Items he dislikes. */
  readonly negatives: ReadonlySet<number>;
  /** Items of any visible feedback, each once, newest first. */
  readonly seen: ReadonlySet<number>;
  /** Time of his newest feedback, UTC milliseconds; -Infinity without any. */
  readonly updatedMs: number;
  /** Hash of what he likes and dislikes: a list made under another one is stale. Independent of order and process. */
  readonly fingerprint: string;
}

/** Most users dislike nothing. */
const NONE: ReadonlySet<number> = new Set();

/** Turns a user's rows, newest first, into his history. Cost: O(rows). */
export function historyOf(userId: UserId, rows: readonly Feedback[], roles: FeedbackRoles, space: ItemSpace): UserHistory {
  const seen = new Set<number>();
  const positives = new Map<number, ItemId>();
  const negatives = new Set<number>();
  let updatedMs = Number.NEGATIVE_INFINITY;
  let hash = 0;
  for (const row of rows) {
    const index = space.indexOf(row.itemId);
    seen.add(index);
    const role = feedbackRole(roles, row);
    if (role === "positive") {
      positives.set(index, row.itemId);
    } else if (role === "negative" && !negatives.has(index)) {
      negatives.add(index);
      hash = (hash + hashText(row.itemId, 2)) | 0;
    }
    updatedMs = Math.max(updatedMs, row.updatedMs);
  }
  for (const index of negatives) positives.delete(index);
  for (const itemId of positives.values()) hash = (hash + hashText(itemId, 1)) | 0;
  return {
    userId,
    positives: Int32Array.from(positives.keys()),
    negatives: negatives.size > 0 ? negatives : NONE,
    seen,
    updatedMs,
    fingerprint: (hash >>> 0).toString(16),
  };
}

/** Hash of all he has seen, for lists in which seen items may stand; independent of order and process. */
export function seenFingerprint(history: UserHistory, space: ItemSpace): string {
  let hash = 0;
  for (const index of history.seen) hash = (hash + hashText(space.idOf(index), 3)) | 0;
  return (hash >>> 0).toString(16);
}
