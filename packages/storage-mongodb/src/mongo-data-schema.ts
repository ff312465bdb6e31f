import type { SearchColumn } from "@furze/storage";
import type { MongoSchema } from "./mongo-migrator.ts";

/** A user; the id of the document is the user's. */
export interface UserDocument {
  readonly _id: string;
  /** JSON, so that keys with dots, dollars or digits come back as they went in; `null` for none. */
  readonly labels: string | null;
  readonly comment: string;
}

/** An item; the id of the document is the item's. */
export interface ItemDocument {
  readonly _id: string;
  readonly isHidden: boolean;
  /** Without repetitions. */
  readonly categories: readonly string[];
  readonly timestampMs: number;
  /** As in users. */
  readonly labels: string | null;
  readonly comment: string;
  /** Words that search finds it by, each once. */
  readonly terms?: readonly string[];
  /** Generation of the search columns that `terms` are of; items that feedback creates have none. */
  readonly indexed?: number;
}

/** What search looks into. */
export interface SearchSettingsDocument {
  readonly _id: string;
  readonly columns: readonly SearchColumn[];
  /** Rises with every change of the columns. */
  readonly generation: number;
}

/** A feedback row; its id is `user NUL item NUL type`, whose order is that of the three. */
export interface FeedbackDocument {
  readonly _id: string;
  readonly userId: string;
  readonly itemId: string;
  readonly feedbackType: string;
  readonly value: number;
  readonly timestampMs: number;
  readonly updatedMs: number;
  readonly comment: string;
}

/** Names of the collections. */
export interface DataCollections {
  readonly users: string;
  readonly items: string;
  readonly feedback: string;
  readonly search: string;
}

export function dataCollections(prefix: string): DataCollections {
  return { users: `${prefix}users`, items: `${prefix}items`, feedback: `${prefix}feedback`, search: `${prefix}item_search` };
}

/** Schema of the data store. */
export function dataSchema(prefix: string): MongoSchema {
  const { users, items, feedback, search } = dataCollections(prefix);
  return {
    ledger: `${prefix}data_schema`,
    migrations: [
      {
        version: 1,
        name: "users, items, feedback, item search",
        collections: {
          [users]: [],
          [search]: [],
          // Newest visible items: of all, and of a category; items of a word, and those that are not indexed.
          [items]: [
            { isHidden: 1, timestampMs: -1, _id: -1 },
            { categories: 1, isHidden: 1, timestampMs: -1, _id: -1 },
            { indexed: 1, terms: 1 },
          ],
          // Rows of users, rows of items and scans in their order, lists of a type. Scans by user follow the id.
          [feedback]: [{ userId: 1 }, { itemId: 1, userId: 1, feedbackType: 1 }, { feedbackType: 1, userId: 1, itemId: 1 }],
        },
      },
    ],
  };
}

/** Text of labels as stored. */
export function toJson(labels: unknown): string | null {
  return labels === null ? null : JSON.stringify(labels);
}
