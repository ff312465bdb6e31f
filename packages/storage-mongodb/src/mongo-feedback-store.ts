import {
  type CallOptions,
  checkId,
  type Feedback,
  type FeedbackKey,
  type FeedbackType,
  type ItemId,
  type UserId,
} from "@furze/core";
import {
  checkFeedback,
  checkIds,
  compareBytes,
  DEFAULT_SCAN_BATCH_SIZE,
  type FeedbackColumns,
  type FeedbackFilter,
  type FeedbackListOptions,
  type FeedbackScanOptions,
  type FeedbackStore,
  type FeedbackWriteOptions,
  type FeedbackWriteResult,
  type Page,
  packFeedback,
} from "@furze/storage";
import type { Filter } from "mongodb";
import { chunkList } from "./chunk-list.ts";
import type { FeedbackDocument } from "./mongo-data-schema.ts";
import type { MongoDataCollections } from "./mongo-data-store.ts";
import { conditionOf, toFeedback } from "./mongo-feedback-rows.ts";
import { writeFeedback } from "./mongo-feedback-write.ts";
import { checkBatchSize, checkLimit, countRows, filterOf, ID_CHUNK, SEPARATOR, startingWith } from "./mongo-rows.ts";
import type { MongoSession } from "./mongo-session.ts";

type PairOptions = CallOptions & { feedbackType?: FeedbackType | undefined };
type KeyField = "userId" | "itemId" | "feedbackType";

const BY_ITEM = ["itemId", "userId", "feedbackType"] as const;
const BY_TYPE = ["feedbackType", "userId", "itemId"] as const;
/** Rows that come with one answer. */
const READ_BATCH_ROWS = 10_000;

/** Feedback in a MongoDB. */
export class MongoFeedbackStore implements FeedbackStore {
  readonly #session: MongoSession;
  readonly #collections: MongoDataCollections;

  constructor(session: MongoSession, collections: MongoDataCollections) {
    this.#session = session;
    this.#collections = collections;
  }

  async upsert(rows: readonly Feedback[], options: FeedbackWriteOptions): Promise<FeedbackWriteResult> {
    checkFeedback(rows);
    if (rows.length === 0) return { accepted: 0, rejected: 0 };
    return this.#session.write((unit) => writeFeedback(unit, this.#collections, rows, options), {
      signal: options.signal,
      isRepeatable: options.mode === "overwrite",
    });
  }

  async list({ from, limit, feedbackType, untilMs, signal }: FeedbackListOptions): Promise<Page<Feedback, FeedbackKey>> {
    checkLimit(limit);
    const conditions = [
      ...(from === undefined ? [] : [behind(BY_TYPE, from, { isInclusive: true })]),
      ...(feedbackType === undefined ? [] : [{ feedbackType }]),
      ...(untilMs === undefined ? [] : [{ timestampMs: { $lte: untilMs } }]),
    ];
    const filter = conditions.length === 0 ? {} : filterOf<FeedbackDocument>({ $and: conditions });
    const find = { sort: sortOf(BY_TYPE), limit: limit + 1, batchSize: limit + 1 };
    const documents = await this.#session.read(() => this.#collections.feedback.find(filter, find).toArray(), { signal });
    const beyond = documents[limit];
    const rows = documents.slice(0, limit).map(toFeedback);
    if (beyond === undefined) return { rows, next: undefined };
    return { rows, next: { feedbackType: beyond.feedbackType, userId: beyond.userId, itemId: beyond.itemId } };
  }

  async ofUsers(userIds: readonly UserId[], filter: FeedbackFilter = {}): Promise<Feedback[][]> {
    checkIds(userIds, "UserId");
    return this.#ofEntities("userId", userIds, filter);
  }

  async columnsOfUsers(userIds: readonly UserId[], filter: FeedbackFilter = {}): Promise<FeedbackColumns> {
    return packFeedback(await this.ofUsers(userIds, filter));
  }

  async ofItems(itemIds: readonly ItemId[], filter: FeedbackFilter = {}): Promise<Feedback[][]> {
    checkIds(itemIds, "ItemId");
    return this.#ofEntities("itemId", itemIds, filter);
  }

  async ofPair(userId: UserId, itemId: ItemId, options: PairOptions = {}): Promise<Feedback[]> {
    const filter = pairFilter(userId, itemId, options);
    const find = { sort: { _id: 1 } } as const;
    return (await this.#session.read(() => this.#collections.feedback.find(filter, find).toArray(), options)).map(toFeedback);
  }

  async deletePair(userId: UserId, itemId: ItemId, options: PairOptions = {}): Promise<number> {
    const filter = pairFilter(userId, itemId, options);
    const { feedback } = this.#collections;
    const again = { isRepeatable: true };
    return this.#session.write(
      async (unit) => (await unit.change((inUnit) => feedback.deleteMany(filter, inUnit), again)).deletedCount,
      { signal: options.signal, ...again },
    );
  }

  async *scan(options: FeedbackScanOptions): AsyncIterable<readonly Feedback[]> {
    const batchSize = options.batchSize ?? DEFAULT_SCAN_BATCH_SIZE;
    checkBatchSize(batchSize);
    const condition = conditionOf(options);
    if (condition === undefined) return;
    const { feedback } = this.#collections;
    const isByUser = options.order === "user";
    const sort = isByUser ? ({ _id: 1 } as const) : sortOf(BY_ITEM);
    const open = (last: FeedbackDocument | undefined) => {
      if (last === undefined) return feedback.find<FeedbackDocument>(filterOf(condition), { sort });
      const rest = isByUser ? { _id: { $gt: last._id } } : behind(BY_ITEM, last, { isInclusive: false });
      return feedback.find<FeedbackDocument>(filterOf({ $and: [condition, rest] }), { sort });
    };
    for await (const batch of this.#session.scan(open, batchSize, options)) {
      yield batch.map(toFeedback);
    }
  }

  async count(options?: CallOptions): Promise<number> {
    return countRows(this.#session, this.#collections.feedback, options);
  }

  async #ofEntities(field: "userId" | "itemId", ids: readonly string[], filter: FeedbackFilter): Promise<Feedback[][]> {
    const condition = conditionOf(filter);
    if (condition === undefined || ids.length === 0) return ids.map(() => []);
    const documents = await this.#session.read(async () => {
      const found: FeedbackDocument[] = [];
      for (const chunk of chunkList([...new Set(ids)], ID_CHUNK)) {
        const query = filterOf<FeedbackDocument>({ [field]: { $in: chunk }, ...condition });
        const cursor = this.#collections.feedback.find(query, { batchSize: READ_BATCH_ROWS });
        for (const document of await cursor.toArray()) found.push(document);
      }
      return found;
    }, filter);
    const byId = Map.groupBy(documents, (document) => document[field]);
    // Sorted here: the server would sort the rows of all users together.
    const lists = new Map(Array.from(byId, ([id, list]) => [id, list.sort(newestFirst).map(toFeedback)]));
    return ids.map((id) => lists.get(id) ?? []);
  }
}

/** Equal times by the id: rows of a user by item and type, rows of an item by user and type. */
function newestFirst(a: FeedbackDocument, b: FeedbackDocument): number {
  return b.timestampMs - a.timestampMs || compareBytes(a._id, b._id);
}

function sortOf(fields: readonly KeyField[]): Record<string, 1> {
  return Object.fromEntries(fields.map((field) => [field, 1 as const]));
}

/** Rows behind a key in the order of the fields: each branch is a stretch of the index. */
function behind(fields: readonly KeyField[], key: FeedbackKey, { isInclusive }: { readonly isInclusive: boolean }): object {
  const branches = fields.map((field, place) => {
    const equal = fields.slice(0, place).map((one) => [one, key[one]]);
    const isLast = place === fields.length - 1;
    return { ...Object.fromEntries(equal), [field]: { [isLast && isInclusive ? "$gte" : "$gt"]: key[field] } };
  });
  return { $or: branches };
}

function pairFilter(userId: UserId, itemId: ItemId, { feedbackType }: PairOptions): Filter<FeedbackDocument> {
  checkId(userId, "UserId");
  checkId(itemId, "ItemId");
  if (feedbackType !== undefined) return { _id: [userId, itemId, feedbackType].join(SEPARATOR) };
  return filterOf(startingWith(userId, itemId));
}
