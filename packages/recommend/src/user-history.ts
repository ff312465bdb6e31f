import { type FeedbackRole, type FeedbackRoles, feedbackRole, type UserId } from "@furze/core";
import type { FeedbackColumns } from "@furze/storage";
import { ItemSet } from "./item-set.ts";
import type { ItemSpace } from "./item-space.ts";
import { hashText } from "./text-hash.ts";

/** What a user has done, as indices of the item space. */
export interface UserHistory {
  readonly userId: UserId;
  /** Items he likes, newest first, each once: positive and not negative. */
  readonly positives: Int32Array;
  /** Items he dislikes. */
  readonly negatives: ItemSet;
  /** Items of any visible feedback, each once, newest first. */
  readonly seen: ItemSet;
  /** Time of his newest feedback, UTC milliseconds; -Infinity without any. */
  readonly updatedMs: number;
  /** Hash of what he likes and dislikes: a list made under another one is stale. Independent of order and process. */
  readonly fingerprint: string;
}

/** Items of one user's rows by their roles, as long as his rows are many; one for all users, as one is looked at after another. */
const scratch = { length: 0, seen: new Int32Array(0), positives: new Int32Array(0), negatives: new Int32Array(0) };

/** Rows of a user, and what to take them for. */
export interface HistoryRows {
  readonly userId: UserId;
  readonly columns: FeedbackColumns;
  /** Which list of the columns is his. */
  readonly list: number;
  readonly roles: FeedbackRoles;
  readonly space: ItemSpace;
  /** Rows later than this do not exist yet, UTC milliseconds. Default: no bound. */
  readonly untilMs?: number | undefined;
  /** Rows older than this still exclude their items, but play no role, UTC milliseconds. Default: no bound. */
  readonly sinceMs?: number | undefined;
}

/** Turns a user's rows, newest first, into his history. Cost: O(rows). */
export function historyOf(rows: HistoryRows): UserHistory {
  const { columns, list, space } = rows;
  const { rowOffsets, itemIds, timestampsMs } = columns;
  const { untilMs = Number.POSITIVE_INFINITY, sinceMs = Number.NEGATIVE_INFINITY } = rows;
  const roleOf = rolesOf(rows);
  const begin = rowOffsets[list] as number;
  const end = rowOffsets[list + 1] as number;
  const { seen, positives, negatives } = scratchFor(end - begin);
  let numSeen = 0;
  let numPositives = 0;
  let numNegatives = 0;
  let updatedMs = Number.NEGATIVE_INFINITY;
  for (let row = begin; row < end; row++) {
    const timestampMs = timestampsMs[row] as number;
    if (timestampMs > untilMs) continue;
    const index = space.indexOfBytes(itemIds.bytes, itemIds.offsets[row] as number, itemIds.offsets[row + 1] as number);
    seen[numSeen++] = index;
    updatedMs = Math.max(updatedMs, columns.updatedMs[row] as number);
    if (timestampMs < sinceMs) continue;
    const role = roleOf(row);
    if (role === "positive") positives[numPositives++] = index;
    else if (role === "negative") negatives[numNegatives++] = index;
  }
  const disliked = ItemSet.of(negatives.subarray(0, numNegatives));
  const all = ItemSet.of(seen.subarray(0, numSeen));
  // Where every row is positive, and as many are seen, they are the same.
  const isAllLiked = numPositives === numSeen;
  const liked = isAllLiked ? all.indices : ItemSet.of(positives.subarray(0, numPositives), disliked).indices;
  const fingerprint = fingerprintOf(liked, disliked.indices, space);
  return { userId: rows.userId, positives: liked, negatives: disliked, seen: all, updatedMs, fingerprint };
}

function scratchFor(length: number): typeof scratch {
  if (length > scratch.length) {
    scratch.length = Math.max(length, 2 * scratch.length);
    for (const name of ["seen", "positives", "negatives"] as const) scratch[name] = new Int32Array(scratch.length);
  }
  return scratch;
}

/** Roles of rows. Neighboring ones are alike more often than not. */
function rolesOf({ columns, roles }: HistoryRows): (row: number) => FeedbackRole | undefined {
  const { feedbackTypes, typeIndices, values } = columns;
  let lastType = -1;
  let lastValue = Number.NaN;
  let role: FeedbackRole | undefined;
  return (row) => {
    const type = typeIndices[row] as number;
    const value = values[row] as number;
    if (type !== lastType || value !== lastValue) {
      role = feedbackRole(roles, { feedbackType: feedbackTypes[type] as string, value });
      lastType = type;
      lastValue = value;
    }
    return role;
  };
}

function fingerprintOf(positives: Int32Array, negatives: Int32Array, space: ItemSpace): string {
  let hash = 0;
  for (let at = 0; at < positives.length; at++) hash = (hash + space.hashOf(positives[at] as number)) | 0;
  for (const index of negatives) hash = (hash + hashText(space.idOf(index), 2)) | 0;
  return (hash >>> 0).toString(16);
}

/** Hash of all he has seen, for lists in which seen items may stand; independent of order and process. */
export function seenFingerprint(history: UserHistory, space: ItemSpace): string {
  let hash = 0;
  for (const index of history.seen) hash = (hash + hashText(space.idOf(index), 3)) | 0;
  return (hash >>> 0).toString(16);
}
