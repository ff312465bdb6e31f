import type {
  CallOptions,
  Feedback,
  FeedbackExpression,
  FeedbackKey,
  FeedbackType,
  Item,
  ItemId,
  ItemPatch,
  User,
  UserId,
  UserPatch,
} from "@furze/core";
import type { FeedbackColumns } from "./feedback-columns.ts";
import type { ItemSearch } from "./item-search.ts";
import type { Page, PageOptions, ScanOptions } from "./page.ts";

/** What a data store can do beyond the port; declared by the adapter, never probed. */
export interface DataStoreCapabilities {
  /** Smallest time step that survives a round trip, in milliseconds. */
  readonly timestampPrecisionMs: number;
  /** Whether several processes may have the store open at once. */
  readonly multiProcess: boolean;
  /**
   * Whether a call that writes many rows is stored, and seen by others, as a whole or not at all. Where it is not, rows are written one by
   * one, users and items before their feedback. May turn true with the first call, when it depends on the server.
   */
  readonly atomicWrites: boolean;
}

/**
 * Users by id. All writes are bulk and atomic, as far as `atomicWrites` says so: a call stores everything or nothing.
 * Every call of a data store may throw `UnavailableError` (retryable), `AbortError`, and `InvalidArgumentError` for an id
 * that `checkId` of `@furze/core` refuses.
 */
export interface UserStore {
  /** Inserts or replaces whole rows; of several rows with one id the last wins. */
  upsert(users: readonly User[], options?: CallOptions): Promise<void>;
  /** Rows aligned with `userIds`: `undefined` where there is none. */
  get(userIds: readonly UserId[], options?: CallOptions): Promise<(User | undefined)[]>;
  /** @returns false when there is no such user; nothing is created. */
  patch(userId: UserId, patch: UserPatch, options?: CallOptions): Promise<boolean>;
  /** Deletes users with their feedback. @returns number of users that existed */
  delete(userIds: readonly UserId[], options?: CallOptions): Promise<number>;
  list(options: PageOptions<UserId>): Promise<Page<User, UserId>>;
  /** All users in id order, batch by batch. */
  scan(options?: ScanOptions): AsyncIterable<readonly User[]>;
  count(options?: CallOptions): Promise<number>;
}

export interface LatestItemsOptions extends CallOptions {
  readonly limit: number;
  /** Rows to pass over first, excluded ones not counted. Default 0. */
  readonly offset?: number | undefined;
  /** Items that carry all of these. Default: any item. */
  readonly categories?: readonly string[] | undefined;
  /** Items at least this new, UTC milliseconds. Default: no bound. */
  readonly sinceMs?: number | undefined;
  /** Items to leave out. */
  readonly exclude?: ReadonlySet<ItemId> | undefined;
}

export interface ItemStore {
  upsert(items: readonly Item[], options?: CallOptions): Promise<void>;
  get(itemIds: readonly ItemId[], options?: CallOptions): Promise<(Item | undefined)[]>;
  patch(itemId: ItemId, patch: ItemPatch, options?: CallOptions): Promise<boolean>;
  /** Deletes items with their feedback. @returns number of items that existed */
  delete(itemIds: readonly ItemId[], options?: CallOptions): Promise<number>;
  /** Adds a category unless the item has it. @returns false when there is no such item */
  addCategory(itemId: ItemId, category: string, options?: CallOptions): Promise<boolean>;
  removeCategory(itemId: ItemId, category: string, options?: CallOptions): Promise<boolean>;
  list(options: PageOptions<ItemId>): Promise<Page<Item, ItemId>>;
  scan(options?: ScanOptions): AsyncIterable<readonly Item[]>;
  /** Items that are not hidden, newest first; equal times in descending id order. */
  latest(options: LatestItemsOptions): Promise<Item[]>;
  count(options?: CallOptions): Promise<number>;
}

/**
 * How an insert treats a row whose key is stored already.
 * `sum` (POST): value adds up, the earliest time and the latest update stay, the comment is replaced.
 * `overwrite` (PUT): the row is replaced.
 * A key that stands twice in one call is treated like two calls.
 */
export type FeedbackWriteMode = "sum" | "overwrite";

export interface FeedbackWriteOptions extends CallOptions {
  readonly mode: FeedbackWriteMode;
  /** Create unknown users (null labels) in the same transaction; otherwise their rows are rejected. Default true. */
  readonly autoInsertUsers?: boolean | undefined;
  readonly autoInsertItems?: boolean | undefined;
}

export interface FeedbackWriteResult {
  readonly accepted: number;
  /** Rows of users or items that do not exist while auto-insert is off. */
  readonly rejected: number;
}

export interface FeedbackFilter extends CallOptions {
  /** Rows that match any of these; absent = all rows, empty = none. */
  readonly expressions?: readonly FeedbackExpression[] | undefined;
  /** Rows not later than this, UTC milliseconds: how rows of the future stay invisible. Default: no bound. */
  readonly untilMs?: number | undefined;
  /** Rows at least this new, UTC milliseconds. Default: no bound. */
  readonly sinceMs?: number | undefined;
}

export interface FeedbackListOptions extends PageOptions<FeedbackKey> {
  readonly feedbackType?: FeedbackType | undefined;
  readonly untilMs?: number | undefined;
}

export interface FeedbackScanOptions extends FeedbackFilter {
  /**
   * Order of the rows, bytewise: `user` = user, item, type; `item` = item, user, type.
   * All rows of one user (or item) come one after another, though a batch may end among them.
   */
  readonly order: "user" | "item";
  readonly batchSize?: number | undefined;
}

export interface FeedbackStore {
  /** Atomic and durable when the promise resolves. */
  upsert(rows: readonly Feedback[], options: FeedbackWriteOptions): Promise<FeedbackWriteResult>;
  /** In the order type, user, item. */
  list(options: FeedbackListOptions): Promise<Page<Feedback, FeedbackKey>>;
  /** Rows of each user, aligned with `userIds`; each list newest first, equal times by item id, then type. One query for all. */
  ofUsers(userIds: readonly UserId[], filter?: FeedbackFilter): Promise<Feedback[][]>;
  /** What `ofUsers` gives, in the same order, as columns: a fraction of the work where very many rows are read. */
  columnsOfUsers(userIds: readonly UserId[], filter?: FeedbackFilter): Promise<FeedbackColumns>;
  /** Rows of each item, aligned with `itemIds`; order as in `ofUsers` (by user id). */
  ofItems(itemIds: readonly ItemId[], filter?: FeedbackFilter): Promise<Feedback[][]>;
  /** Rows of one pair in type order, those of the future too. */
  ofPair(
    userId: UserId,
    itemId: ItemId,
    options?: CallOptions & { feedbackType?: FeedbackType | undefined },
  ): Promise<Feedback[]>;
  /** Deletes the rows of a pair, of one type or of all. @returns rows deleted */
  deletePair(
    userId: UserId,
    itemId: ItemId,
    options?: CallOptions & { feedbackType?: FeedbackType | undefined },
  ): Promise<number>;
  scan(options: FeedbackScanOptions): AsyncIterable<readonly Feedback[]>;
  count(options?: CallOptions): Promise<number>;
}

/** Compared for equality only. */
export type DataVersion = number | string;

/** Where users, items and feedback live. */
export interface DataStore {
  readonly capabilities: DataStoreCapabilities;
  readonly users: UserStore;
  readonly items: ItemStore;
  readonly itemSearch: ItemSearch;
  readonly feedback: FeedbackStore;
  /** Brings the schema up to date; safe to call from several processes at once. @throws {SchemaTooNewError} */
  migrate(options?: CallOptions): Promise<void>;
  /** Resolves when the store answers. @throws {UnavailableError} */
  ping(options?: CallOptions): Promise<void>;
  /**
   * A value that is another one whenever anything may have changed since, by whatever process: what was read under the same
   * version, asked for before reading, need not be read again. Costs a fraction of a small query; absent where that is not to be had.
   */
  dataVersion?(): DataVersion | Promise<DataVersion>;
  /** Deletes all users, items and feedback. */
  purge(options?: CallOptions): Promise<void>;
  /** Waits for writes in flight and lets go of everything; a second call does nothing. */
  close(): Promise<void>;
}
