import type { CallOptions, ItemId } from "@furze/core";

/**
 * Which list: a collection and a name in it. Items' and users' lists carry the recommender's name first.
 * For example `recommend` / user id, `item-to-item/neighbors` / item id, `non-personalized/popular` / category (`""` = all).
 */
export interface ListKey {
  readonly collection: string;
  readonly name: string;
}

/** One place of a ranked list. `id` is an item id, or a user id in user-to-user lists. */
export interface ListEntry {
  readonly id: string;
  readonly score: number;
  /** Categories of the item when the list was made; empty in lists of users. */
  readonly categories: readonly string[];
  /** Names of the recommenders that proposed the item, best first. */
  readonly sources: readonly string[];
}

/** A ranked list: one value, replaced as a whole (DESIGN section 1). */
export interface RankedList {
  /** Best first. */
  readonly entries: readonly ListEntry[];
  /** When the list was made, UTC milliseconds. */
  readonly updatedMs: number;
  /** Digest of everything that shaped the list: a reader or worker that has another one knows that it is stale. */
  readonly digest: string;
  /** Model that ranked the list; `""` when none did. */
  readonly modelId: string;
}

export interface ListPut extends ListKey {
  readonly list: RankedList;
  /** When the list stops to exist, UTC milliseconds. */
  readonly expiresMs: number;
}

/** What became of an item after lists were made; readers apply it to every list. */
export interface OverlayEntry {
  readonly itemId: ItemId;
  /** Hidden or deleted: the item is dropped from lists. */
  readonly isHidden: boolean;
  /** Categories that replace those in lists; `undefined` leaves them. */
  readonly categories: readonly string[] | undefined;
  /** When it changed, UTC milliseconds: a list that is younger knows already. */
  readonly changedMs: number;
  /** When every list made before the change is gone, UTC milliseconds. */
  readonly expiresMs: number;
}

/** A change to store: the same fields as what is read back. */
export type OverlayPut = OverlayEntry;

/** Part of the overlay that changed after `version`. */
export interface OverlayDelta {
  readonly version: number;
  readonly entries: readonly OverlayEntry[];
}

export interface ListRead {
  /** Aligned with the keys; `undefined` where there is no list or it has expired. */
  readonly lists: readonly (RankedList | undefined)[];
  /** Version of the item overlay at the time of the read; compare with the one you hold. */
  readonly overlayVersion: number;
}

export interface TimeSeriesPoint {
  readonly name: string;
  readonly timestampMs: number;
  readonly value: number;
}

export interface TimeSeriesQuery extends CallOptions {
  readonly name: string;
  readonly beginMs: number;
  readonly endMs: number;
  /** Width of a bucket, of which the last point is returned under the bucket's start; absent = every point. */
  readonly bucketMs?: number | undefined;
}

/** Where computed lists, small values and time series live. Three shapes and the item overlay, nothing else. */
export interface CacheStore {
  /** Bulk read in one round trip. */
  getLists(keys: readonly ListKey[], options?: CallOptions): Promise<ListRead>;
  /** Bulk write in one round trip; each list replaces the one under its key. */
  putLists(lists: readonly ListPut[], options?: CallOptions): Promise<void>;
  deleteLists(keys: readonly ListKey[], options?: CallOptions): Promise<void>;
  /** Names in a collection, in batches and no particular order: for garbage collection. */
  scanListNames(collection: string, options?: CallOptions): AsyncIterable<readonly string[]>;

  /** Aligned with `keys`. */
  getValues(keys: readonly string[], options?: CallOptions): Promise<(string | undefined)[]>;
  putValues(values: Readonly<Record<string, string>>, options?: CallOptions): Promise<void>;
  deleteValues(keys: readonly string[], options?: CallOptions): Promise<void>;

  /** Adds points; one with the same name and time replaces the older. */
  addPoints(points: readonly TimeSeriesPoint[], options?: CallOptions): Promise<void>;
  /** In time order, both ends inclusive. */
  getPoints(query: TimeSeriesQuery): Promise<TimeSeriesPoint[]>;

  /**
   * Adds changes and raises the version. A second change of an item replaces the first, except that absent categories
   * leave those of the first and the later of the two times stays. @returns the new version
   */
  putOverlay(entries: readonly OverlayPut[], options?: CallOptions): Promise<number>;
  /** Changes after `sinceVersion` (0 = all) that have not expired. The version never falls, not even by `purge`. */
  getOverlay(sinceVersion: number, options?: CallOptions): Promise<OverlayDelta>;

  /** Deletes what has expired. @returns number of values deleted */
  collectGarbage(options?: CallOptions): Promise<number>;
  migrate(options?: CallOptions): Promise<void>;
  ping(options?: CallOptions): Promise<void>;
  purge(options?: CallOptions): Promise<void>;
  close(): Promise<void>;
}
