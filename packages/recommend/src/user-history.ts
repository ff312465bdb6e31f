import { type CallOptions, type Clock, type Feedback, type FeedbackRoles, feedbackRole, type UserId } from "@furze/core";
import type { FeedbackStore } from "@furze/storage";
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

/** Turns a user's rows, newest first, into his history. */
export function historyOf(userId: UserId, rows: readonly Feedback[], roles: FeedbackRoles, space: ItemSpace): UserHistory {
  const seen = new Set<number>();
  const positives = new Set<number>();
  const negatives = new Set<number>();
  let updatedMs = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    const index = space.indexOf(row.itemId);
    seen.add(index);
    const role = feedbackRole(roles, row);
    if (role === "positive") positives.add(index);
    else if (role === "negative") negatives.add(index);
    updatedMs = Math.max(updatedMs, row.updatedMs);
  }
  const liked = [...positives].filter((index) => !negatives.has(index));
  const fingerprint = fingerprintOf(liked, negatives, space);
  return {
    userId,
    positives: Int32Array.from(liked),
    negatives: negatives.size > 0 ? negatives : NONE,
    seen,
    updatedMs,
    fingerprint,
  };
}

function fingerprintOf(liked: Iterable<number>, disliked: Iterable<number>, space: ItemSpace): string {
  let hash = 0;
  for (const index of liked) hash = (hash + hashText(space.idOf(index), 1)) | 0;
  for (const index of disliked) hash = (hash + hashText(space.idOf(index), 2)) | 0;
  return (hash >>> 0).toString(16);
}

/** Hash of all he has seen, for lists in which seen items may stand; independent of order and process. */
export function seenFingerprint(history: UserHistory, space: ItemSpace): string {
  let hash = 0;
  for (const index of history.seen) hash = (hash + hashText(space.idOf(index), 3)) | 0;
  return (hash >>> 0).toString(16);
}

export interface UserHistoriesOptions {
  readonly feedback: FeedbackStore;
  readonly space: ItemSpace;
  readonly roles: FeedbackRoles;
  readonly clock: Clock;
  /** Feedback at most so far in the future is visible, milliseconds. */
  readonly clockErrorMs: number;
  /** Age limit of feedback, milliseconds. */
  readonly feedbackTtlMs?: number | undefined;
  /** How many users' liked items to keep for `recallPositives`, at 4 bytes an item and some 100 bytes a user. Default 100,000. */
  readonly capacity?: number | undefined;
}

/** Loads users' histories in bulk. */
export class UserHistories {
  readonly #options: UserHistoriesOptions;
  readonly #capacity: number;
  readonly #kept = new Map<UserId, Int32Array>();

  constructor(options: UserHistoriesOptions) {
    this.#options = options;
    this.#capacity = options.capacity ?? 100_000;
  }

  /** Histories as they are now, aligned with `userIds`. Cost: one query. */
  async load(userIds: readonly UserId[], call: CallOptions = {}): Promise<UserHistory[]> {
    if (userIds.length === 0) return [];
    const { feedback, space, roles, clock, clockErrorMs } = this.#options;
    const rows = await feedback.ofUsers(userIds, { untilMs: clock.now() + clockErrorMs, signal: call.signal });
    return userIds.map((userId, position) => {
      const history = historyOf(userId, this.#young(rows[position] ?? []), roles, space);
      this.#keep(history);
      return history;
    });
  }

  /** What users like, as it may have been at the last `forget`; only users never loaded since cost a query. */
  async recallPositives(userIds: Iterable<UserId>, call: CallOptions = {}): Promise<ReadonlyMap<UserId, Int32Array>> {
    const found = new Map<UserId, Int32Array>();
    const missing: UserId[] = [];
    for (const userId of userIds) {
      const kept = this.#kept.get(userId);
      if (kept === undefined) missing.push(userId);
      else found.set(userId, kept);
    }
    for (const { userId, positives } of await this.load(missing, call)) found.set(userId, positives);
    return found;
  }

  /** Drops what `recallPositives` keeps. */
  forget(): void {
    this.#kept.clear();
  }

  /** A row beyond the age limit still excludes its item, but plays no role. */
  #young(rows: readonly Feedback[]): readonly Feedback[] {
    const { feedbackTtlMs, clock } = this.#options;
    if (feedbackTtlMs === undefined) return rows;
    const sinceMs = clock.now() - feedbackTtlMs;
    return rows.map((row) => (row.timestampMs >= sinceMs ? row : { ...row, feedbackType: "" }));
  }

  #keep({ userId, positives }: UserHistory): void {
    this.#kept.delete(userId);
    this.#kept.set(userId, positives);
    if (this.#kept.size <= this.#capacity) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }
}
