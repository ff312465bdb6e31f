import type { Collection } from "mongodb";
import type { MongoSchema } from "./mongo-migrator.ts";
import type { MongoSession } from "./mongo-session.ts";

/** A ranked list; its id is `collection NUL name`. */
export interface ListDocument {
  readonly _id: string;
  /** UTC milliseconds; infinite in the document of the overlay's version. */
  readonly expiresMs: number;
  /** As `encodeList` makes it. */
  readonly value?: Uint8Array;
  /** Version of the overlay that readers may know, in its document only. */
  readonly version?: number;
  /** Last version that a writer took, in its document only. */
  readonly taken?: number;
}

/**
 * The overlay's version lives among the lists, so that one query reads both. No list has this id, as a collection's name is not empty.
 */
export const OVERLAY_VERSION_ID = "\0overlay";

export interface ValueDocument {
  readonly _id: string;
  readonly value: string;
}

/** A point of a time series; its id is `name NUL time`. */
export interface PointDocument {
  readonly _id: string;
  readonly name: string;
  readonly timestampMs: number;
  readonly value: number;
}

/** What became of an item; the id is the item's. */
export interface OverlayDocument {
  readonly _id: string;
  readonly version: number;
  readonly isHidden: boolean;
  readonly categories?: readonly string[];
  readonly changedMs: number;
  readonly expiresMs: number;
}

export interface CacheCollections {
  readonly lists: Collection<ListDocument>;
  readonly values: Collection<ValueDocument>;
  readonly points: Collection<PointDocument>;
  readonly overlay: Collection<OverlayDocument>;
}

const names = (prefix: string) => ({
  lists: `${prefix}cache_lists`,
  values: `${prefix}cache_values`,
  points: `${prefix}cache_points`,
  overlay: `${prefix}cache_overlay`,
});

export function cacheCollections(session: MongoSession, prefix: string): CacheCollections {
  const { lists, values, points, overlay } = names(prefix);
  return {
    lists: session.collection(lists),
    values: session.collection(values),
    points: session.collection(points),
    overlay: session.collection(overlay),
  };
}

/** Schema of the cache store. */
export function cacheSchema(prefix: string): MongoSchema {
  const { lists, values, points, overlay } = names(prefix);
  return {
    ledger: `${prefix}cache_schema`,
    migrations: [
      {
        version: 1,
        name: "lists, values, points, overlay",
        collections: {
          [lists]: [{ expiresMs: 1 }],
          [values]: [],
          [points]: [{ name: 1, timestampMs: 1 }],
          [overlay]: [{ version: 1 }, { expiresMs: 1 }],
        },
      },
    ],
  };
}
