import type { FeatureTable } from "./feature-table.ts";
import type { IdDictionary } from "./id-dictionary.ts";
import type { UserItemMatrix } from "./user-item-matrix.ts";
import type { VectorTable } from "./vector-table.ts";

/** Rows that a load passed over, by reason. */
export interface SkippedRows {
  /** A user or item whose id had come before; the first row counts. */
  readonly repeated: number;
  /** Items older than `itemSinceMs`. */
  readonly expiredItems: number;
  /** Feedback of a user that is not in the data set. */
  readonly unknownUser: number;
  /** Feedback on an item that is not in the data set. */
  readonly unknownItem: number;
  /** Feedback before `sinceMs` or after `untilMs`. */
  readonly outsideTime: number;
  /** Feedback that matches no expression. */
  readonly withoutRole: number;
}

export interface DatasetCounts {
  readonly numUsers: number;
  readonly numItems: number;
  /** User-item pairs in any role. */
  readonly numFeedback: number;
  readonly numPositive: number;
  readonly numNegative: number;
  readonly numRead: number;
  readonly skipped: SkippedRows;
}

/**
 * Immutable columnar snapshot of users, items and feedback, everything by dense index.
 * A pair of user and item is in at most one of `positive`, `negative` and `read`.
 *
 * Memory: 12 bytes a positive pair, 4 more once its view by item is in use, 4 a negative or read pair, plus ids and tags.
 */
export interface Dataset {
  /** Frequency: number of positive items of the user. */
  readonly userIds: IdDictionary;
  /** Frequency: number of users to whom the item is positive. */
  readonly itemIds: IdDictionary;
  /** With times; with values only when loaded `weightByValue`. */
  readonly positive: UserItemMatrix;
  readonly negative: UserItemMatrix;
  readonly read: UserItemMatrix;
  /** 1 for an item that must never be recommended. Hidden items are in the data set all the same. */
  readonly isItemHidden: Uint8Array;
  /** UTC milliseconds; `ZERO_TIME_MS` when unknown. */
  readonly itemTimestampsMs: Float64Array;
  /** Category names of each item. */
  readonly itemCategories: FeatureTable;
  /** Tags in the labels of each item, see `forEachLabelFeature`. */
  readonly itemLabels: FeatureTable;
  readonly userLabels: FeatureTable;
  /** Tags of what each item column selected, by the name of the column. */
  readonly itemColumns: ReadonlyMap<string, FeatureTable>;
  readonly userColumns: ReadonlyMap<string, FeatureTable>;
  /** What each item column of vectors selected, by the name of the column; its rows are items. */
  readonly itemVectors: ReadonlyMap<string, VectorTable>;
  readonly userVectors: ReadonlyMap<string, VectorTable>;
  readonly counts: DatasetCounts;
}
