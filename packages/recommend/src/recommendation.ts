import type { CallOptions, ItemId, UserId } from "@furze/core";

/** One recommended item and where it came from. */
export interface Recommendation {
  readonly itemId: ItemId;
  /** Score of the first source; scores of different sources do not compare. Latest: unix seconds of the item. */
  readonly score: number;
  /** Recommenders that proposed the item, the deciding one first: `collaborative`, `item-to-item/similar`, `latest`, ...; `replacement` when none did. */
  readonly sources: readonly string[];
  /** Model behind the score; `""` when none. */
  readonly modelId: string;
}

/** A user like another one. */
export interface SimilarUser {
  readonly userId: UserId;
  readonly score: number;
}

export interface RecommendQuery extends CallOptions {
  /** Most entries to return, >= 0. */
  readonly limit: number;
  /** Entries to pass over first, >= 0. Default 0. */
  readonly offset?: number | undefined;
  /** Only items that carry all of these. Default: any. */
  readonly categories?: readonly string[] | undefined;
  /** Leave out items that this user has feedback on. Implied where a user is asked for. */
  readonly excludeSeenBy?: UserId | undefined;
}

export interface ListAnswer<Row> {
  readonly rows: readonly Row[];
  /** When the list behind the answer was made, UTC milliseconds; `undefined` for live answers and missing lists. */
  readonly updatedMs: number | undefined;
}
