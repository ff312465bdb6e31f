import { type Feedback, ZERO_TIME_MS } from "@furze/core";
import { type FeedbackWriteOptions, type FeedbackWriteResult, foldFeedback } from "@furze/storage";
import type { AnyBulkWriteOperation, Collection, UpdateFilter } from "mongodb";
import type { ItemDocument, UserDocument } from "./mongo-data-schema.ts";
import type { MongoDataCollections } from "./mongo-data-store.ts";
import { toOperation } from "./mongo-feedback-rows.ts";
import { filterOf, findByIds } from "./mongo-rows.ts";
import type { MongoRow, WriteUnit } from "./write-unit.ts";

const NEW_USER: Omit<UserDocument, "_id"> = { labels: null, comment: "" };
const NEW_ITEM: Omit<ItemDocument, "_id"> = {
  ...{ isHidden: false, categories: [], timestampMs: ZERO_TIME_MS, labels: null, comment: "" },
};

/**
 * Stores rows of known users and items, or creates those that may be; one is created only for a row that is accepted.
 * First users and items, then feedback: without transactions a reader may see a user before his rows, never a row of nobody.
 */
export async function writeFeedback(
  unit: WriteUnit,
  { users, items, feedback }: MongoDataCollections,
  rows: readonly Feedback[],
  { mode, autoInsertUsers = true, autoInsertItems = true }: FeedbackWriteOptions,
): Promise<FeedbackWriteResult> {
  const [unknownUsers = new Set(), unknownItems = new Set()] = await unit.sideBySide([
    () => findUnknown(unit, users, new Set(rows.map((row) => row.userId))),
    () => findUnknown(unit, items, new Set(rows.map((row) => row.itemId))),
  ]);
  const accepted = rows.filter(
    (row) => (autoInsertUsers || !unknownUsers.has(row.userId)) && (autoInsertItems || !unknownItems.has(row.itemId)),
  );
  const newUsers = new Set<string>(accepted.map((row) => row.userId)).intersection(unknownUsers);
  const newItems = new Set<string>(accepted.map((row) => row.itemId)).intersection(unknownItems);
  const again = { isRepeatable: true };
  await unit.sideBySide([
    () => unit.bulk(users, creations(newUsers, NEW_USER), again),
    () => unit.bulk(items, creations(newItems, NEW_ITEM), again),
  ]);
  const operations = Array.from(foldFeedback(accepted, mode), ([id, row]) => toOperation(id, row, mode));
  await unit.bulk(feedback, operations, { isRepeatable: mode === "overwrite" });
  return { accepted: accepted.length, rejected: rows.length - accepted.length };
}

async function findUnknown<Document extends MongoRow>(
  unit: WriteUnit,
  collection: Collection<Document>,
  ids: ReadonlySet<string>,
): Promise<Set<string>> {
  const known = await findByIds(collection, [...ids], { projection: { _id: 1 }, ...unit.options });
  return ids.difference(new Set(known.map((document) => document._id)));
}

/** Inserts that leave a document alone which another writer has created by now. */
function creations<Document extends MongoRow>(
  ids: ReadonlySet<string>,
  fields: Omit<Document, "_id">,
): AnyBulkWriteOperation<Document>[] {
  // The driver's type of an update cannot be told for a document that is not known yet.
  const update = { $setOnInsert: fields } as UpdateFilter<Document>;
  return Array.from(ids, (_id) => ({ updateOne: { filter: filterOf<Document>({ _id }), update, upsert: true } }));
}
