import { type CallOptions, checkId, InvalidArgumentError } from "@furze/core";
import type { Page, PageOptions } from "@furze/storage";
import type { Collection, Filter, FindOptions } from "mongodb";
import { chunkList } from "./chunk-list.ts";
import type { MongoSession } from "./mongo-session.ts";
import type { MongoRow, UnitOptions } from "./write-unit.ts";

/** Ids in one look-up. */
export const ID_CHUNK = 1000;
/** Parts of a compound id are joined by this: it stands in no id and sorts before everything that may. */
export const SEPARATOR = "\0";
/** The first text behind all that begin with the separator. */
export const BEHIND_SEPARATOR = "\x01";

/** How documents of a collection become rows. */
export interface RowReading<Document extends MongoRow, Row> {
  readonly collection: Collection<Document>;
  readonly toRow: (document: Document) => Row;
  /** Fields that are not needed, each with 0. Empty for none. */
  readonly projection: Readonly<Record<string, 0>>;
}

/** Ids of all documents whose compound id begins with the parts. */
export function startingWith(...parts: readonly string[]): Filter<MongoRow> {
  const start = parts.join(SEPARATOR);
  return { _id: { $gte: start + SEPARATOR, $lt: start + BEHIND_SEPARATOR } };
}

/** Filters built at run time are beyond what the driver's types can follow. */
export function filterOf<Document extends MongoRow>(filter: object): Filter<Document> {
  return filter as Filter<Document>;
}

/** Documents with these ids, in no particular order. */
export async function findByIds<Document extends MongoRow>(
  collection: Collection<Document>,
  ids: readonly string[],
  options: FindOptions & UnitOptions = {},
): Promise<Document[]> {
  const found: Document[] = [];
  for (const chunk of chunkList([...new Set(ids)], ID_CHUNK)) {
    const cursor = collection.find<Document>(filterOf({ _id: { $in: chunk } }), { batchSize: ID_CHUNK, ...options });
    for (const document of await cursor.toArray()) found.push(document);
  }
  return found;
}

/** Rows aligned with the ids. */
export async function readAligned<Document extends MongoRow, Row>(
  session: MongoSession,
  { collection, toRow, projection }: RowReading<Document, Row>,
  ids: readonly string[],
  options: CallOptions | undefined,
): Promise<(Row | undefined)[]> {
  if (ids.length === 0) return [];
  const documents = await session.read(() => findByIds(collection, ids, { projection }), options);
  const byId = new Map(documents.map((document) => [document._id, toRow(document)]));
  return ids.map((id) => byId.get(id));
}

/** One page: reads a row more than asked for, whose key begins the next page. */
export async function readPage<Document extends MongoRow, Row, Key extends string>(
  session: MongoSession,
  { collection, toRow, projection }: RowReading<Document, Row>,
  { from, limit, ...options }: PageOptions<Key>,
): Promise<Page<Row, Key>> {
  checkLimit(limit);
  if (from !== undefined) checkId(from, "from");
  const filter = filterOf<Document>(from === undefined ? {} : { _id: { $gte: from } });
  const find = { projection, sort: { _id: 1 }, limit: limit + 1, batchSize: limit + 1 } as const;
  const documents = await session.read(() => collection.find<Document>(filter, find).toArray(), options);
  const rows = documents.slice(0, limit).map(toRow);
  return { rows, next: documents[limit]?._id as Key | undefined };
}

/** All rows in the order of the id. */
export async function* scanRows<Document extends MongoRow, Row>(
  session: MongoSession,
  { collection, toRow, projection }: RowReading<Document, Row>,
  batchSize: number,
  options: CallOptions,
): AsyncIterable<readonly Row[]> {
  checkBatchSize(batchSize);
  const find = { projection, sort: { _id: 1 } } as const;
  const open = (last: Document | undefined) =>
    collection.find<Document>(filterOf(last === undefined ? {} : { _id: { $gt: last._id } }), find);
  for await (const batch of session.scan(open, batchSize, options)) yield batch.map(toRow);
}

/** Documents in a collection, counted, not estimated. */
export function countRows<Document extends MongoRow>(
  session: MongoSession,
  collection: Collection<Document>,
  options: CallOptions | undefined,
): Promise<number> {
  return session.read(() => collection.countDocuments({}), options);
}

export function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 0) {
    throw new InvalidArgumentError("limit", `limit must be a whole number >= 0, got ${limit}`);
  }
}

export function checkBatchSize(batchSize: number): void {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new InvalidArgumentError("batchSize", `batchSize must be a whole number > 0, got ${batchSize}`);
  }
}
