/**
 * External identity of a user: any UTF-8 text of 1 to 256 characters.
 * The brand is optional, so plain text may enter where the edge has checked it, but a user id never passes for an item id.
 */
export type UserId = string & { readonly __brand?: "UserId" };

/** External identity of an item: any UTF-8 text of 1 to 256 characters. */
export type ItemId = string & { readonly __brand?: "ItemId" };

/** Name of one kind of feedback, such as `click` or `rating`. */
export type FeedbackType = string;

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Time of a record that never had one: 0001-01-01T00:00:00Z, the zero time of Gorse's wire format, in UTC milliseconds. */
export const ZERO_TIME_MS = -62_135_596_800_000;

/** Longest id in characters (UTF-16 code units), the bound that every store can index. */
export const MAX_ID_LENGTH = 256;

export interface User {
  readonly userId: UserId;
  readonly labels: JsonValue;
  readonly comment: string;
}

export interface Item {
  readonly itemId: ItemId;
  readonly isHidden: boolean;
  readonly categories: readonly string[];
  /** UTC milliseconds; `ZERO_TIME_MS` when unknown. */
  readonly timestampMs: number;
  readonly labels: JsonValue;
  readonly comment: string;
}

/** Identity of a feedback row: one row per type, user and item. */
export interface FeedbackKey {
  readonly feedbackType: FeedbackType;
  readonly userId: UserId;
  readonly itemId: ItemId;
}

export interface Feedback extends FeedbackKey {
  readonly value: number;
  /** When it first happened, UTC milliseconds. A time in the future keeps the row invisible until then. */
  readonly timestampMs: number;
  /** When it last happened, UTC milliseconds. */
  readonly updatedMs: number;
  readonly comment: string;
}

/** Changes to a user; an absent field stays as it is. */
export interface UserPatch {
  readonly labels?: JsonValue;
  readonly comment?: string;
}

/** Changes to an item; an absent field stays as it is. */
export interface ItemPatch {
  readonly isHidden?: boolean;
  readonly categories?: readonly string[];
  readonly timestampMs?: number;
  readonly labels?: JsonValue;
  readonly comment?: string;
}

/** An item in a ranked list; a higher score ranks higher. */
export interface ScoredItem {
  readonly itemId: ItemId;
  readonly score: number;
}

export interface ScoredUser {
  readonly userId: UserId;
  readonly score: number;
}
