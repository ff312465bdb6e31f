import type { CallOptions, Clock, FeedbackRoles, UserId } from "@furze/core";
import { type DataStore, type DataVersion, type FeedbackColumns, type FeedbackStore, SharedReads } from "@furze/storage";
import { LRUCache } from "lru-cache";
import type { ItemSpace } from "./item-space.ts";
import { historyOf, type UserHistory } from "./user-history.ts";

/** The part of a data store that histories come from; a ranker that describes them in words wants the rows. */
export interface HistorySource extends Pick<DataStore, "dataVersion"> {
  readonly feedback: Pick<FeedbackStore, "ofUsers" | "columnsOfUsers">;
}

export interface UserHistoriesOptions {
  readonly dataStore: HistorySource;
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

/** Seen items in the histories that `loadOne` keeps, at 4 to 8 bytes each. */
const KEPT_SEEN_ITEMS = 500_000;

/** Users whose rows are held at once for the sake of others: as many as in a batch of lists. */
const RECALL_CHUNK_USERS = 256;
/** Seen items in the histories that `recall` will be asked for, at 4 bytes each: 16 MB. */
const AHEAD_SEEN_ITEMS = 4_000_000;

/** A history, and when time alone makes another one of it, UTC milliseconds. */
interface TimedHistory {
  readonly history: UserHistory;
  readonly validUntilMs: number;
}

/** With the data version that it was read under. */
interface KeptHistory extends TimedHistory {
  readonly dataVersion: DataVersion;
}

/** Loads users' histories. */
export class UserHistories {
  readonly #options: UserHistoriesOptions;
  readonly #capacity: number;
  readonly #positives = new Map<UserId, Int32Array>();
  readonly #kept = new LRUCache<UserId, KeptHistory>({
    maxSize: KEPT_SEEN_ITEMS,
    sizeCalculation: ({ history }) => 1 + history.seen.size,
  });

  readonly #single: SharedReads<TimedHistory> = new SharedReads((userIds) => this.#readSingly(userIds));

  /** Of users whose likes were wanted before their own turn came. */
  readonly #ahead = new LRUCache<UserId, UserHistory>({
    maxSize: AHEAD_SEEN_ITEMS,
    sizeCalculation: ({ seen }) => 1 + seen.size,
  });

  constructor(options: UserHistoriesOptions) {
    this.#options = options;
    this.#capacity = options.capacity ?? 100_000;
  }

  /** Histories as they are now, aligned with `userIds`. Cost: one query. */
  async load(userIds: readonly UserId[], call: CallOptions = {}): Promise<UserHistory[]> {
    if (userIds.length === 0) return [];
    return this.#historiesOf(userIds, await this.#columns(userIds, call));
  }

  /**
   * History of one user as it is now. Cost: one query, which all share who ask in one turn of the event loop, or much less where the
   * store knows that nothing was written since.
   */
  async loadOne(userId: UserId, call: CallOptions = {}): Promise<UserHistory> {
    const { dataStore, clock } = this.#options;
    // Read before the rows: a write in between makes what is kept out of date, never out of step.
    const dataVersion = await dataStore.dataVersion?.();
    const kept = dataVersion === undefined ? undefined : this.#kept.get(userId);
    if (kept !== undefined && kept.dataVersion === dataVersion && clock.now() < kept.validUntilMs) return kept.history;
    const timed = (await this.#single.one(userId, call)) as TimedHistory;
    if (dataVersion !== undefined) this.#kept.set(userId, { ...timed, dataVersion });
    return timed.history;
  }

  /**
   * Histories as they may have been at the last `forget`, aligned with `userIds`. For a pass over all users, each of whom is asked for
   * once: most of them have been read by then for the sake of users like them.
   */
  async recall(userIds: readonly UserId[], call: CallOptions = {}): Promise<UserHistory[]> {
    const found = new Map<UserId, UserHistory>();
    for (const userId of userIds) {
      const history = this.#ahead.get(userId);
      if (history === undefined) continue;
      this.#ahead.delete(userId);
      found.set(userId, history);
    }
    const missing = userIds.filter((userId) => !found.has(userId));
    for (const history of await this.load(missing, call)) found.set(history.userId, history);
    return userIds.map((userId) => found.get(userId) as UserHistory);
  }

  /** What users like, as it may have been at the last `forget`; users never loaded since cost a query for 256 of them. */
  async recallPositives(userIds: Iterable<UserId>, call: CallOptions = {}): Promise<ReadonlyMap<UserId, Int32Array>> {
    const found = new Map<UserId, Int32Array>();
    const missing: UserId[] = [];
    for (const userId of userIds) {
      const kept = this.#positives.get(userId);
      if (kept === undefined) missing.push(userId);
      else found.set(userId, kept);
    }
    const read = (start: number) => this.#columns(missing.slice(start, start + RECALL_CHUNK_USERS), call);
    let next = missing.length > 0 ? read(0) : undefined;
    for (let start = 0; next !== undefined; start += RECALL_CHUNK_USERS) {
      const columns = await next;
      const isLast = start + RECALL_CHUNK_USERS >= missing.length;
      // The store reads these while those are being turned into histories.
      next = isLast ? undefined : read(start + RECALL_CHUNK_USERS);
      next?.catch(() => {});
      for (const history of this.#historiesOf(missing.slice(start, start + RECALL_CHUNK_USERS), columns)) {
        found.set(history.userId, history.positives);
        this.#ahead.set(history.userId, history);
      }
    }
    return found;
  }

  /** Drops what `recall` and `recallPositives` keep. */
  forget(): void {
    this.#positives.clear();
    this.#ahead.clear();
  }

  async #readSingly(userIds: readonly UserId[]): Promise<Map<UserId, TimedHistory>> {
    const columns = await this.#columns(userIds, {});
    const nowMs = this.#options.clock.now();
    const timed = new Map<UserId, TimedHistory>();
    for (const [list, userId] of userIds.entries()) {
      const history = this.#history(userId, columns, list, nowMs);
      timed.set(userId, { history, validUntilMs: this.#validUntilMs(columns, list, nowMs) });
    }
    return timed;
  }

  #columns(userIds: readonly UserId[], { signal }: CallOptions): Promise<FeedbackColumns> {
    return this.#options.dataStore.feedback.columnsOfUsers(userIds, { signal });
  }

  #historiesOf(userIds: readonly UserId[], columns: FeedbackColumns): UserHistory[] {
    const nowMs = this.#options.clock.now();
    return userIds.map((userId, list) => this.#history(userId, columns, list, nowMs));
  }

  #history(userId: UserId, columns: FeedbackColumns, list: number, nowMs: number): UserHistory {
    const { roles, space, clockErrorMs, feedbackTtlMs = Number.POSITIVE_INFINITY } = this.#options;
    const untilMs = nowMs + clockErrorMs;
    const history = historyOf({ userId, columns, list, roles, space, untilMs, sinceMs: nowMs - feedbackTtlMs });
    this.#keepPositives(history);
    return history;
  }

  /** When a row comes into sight or loses its role. */
  #validUntilMs({ timestampsMs, rowOffsets }: FeedbackColumns, list: number, nowMs: number): number {
    const { clockErrorMs, feedbackTtlMs = Number.POSITIVE_INFINITY } = this.#options;
    let validUntilMs = Number.POSITIVE_INFINITY;
    for (const timestampMs of timestampsMs.subarray(rowOffsets[list], rowOffsets[list + 1])) {
      if (timestampMs > nowMs + clockErrorMs) validUntilMs = Math.min(validUntilMs, timestampMs - clockErrorMs);
      else if (timestampMs >= nowMs - feedbackTtlMs) validUntilMs = Math.min(validUntilMs, timestampMs + feedbackTtlMs + 1);
    }
    return validUntilMs;
  }

  #keepPositives({ userId, positives }: UserHistory): void {
    this.#positives.delete(userId);
    this.#positives.set(userId, positives);
    if (this.#positives.size <= this.#capacity) return;
    const [oldest] = this.#positives.keys();
    if (oldest !== undefined) this.#positives.delete(oldest);
  }
}
