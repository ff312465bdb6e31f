import type { CallOptions, Item } from "@furze/core";
import { checkSearchColumns, type ItemSearch, queryTerms, type SearchColumn, type SearchItemsOptions } from "@furze/storage";
import type { Filter } from "mongodb";
import type { ItemDocument } from "./mongo-data-schema.ts";
import type { MongoDataCollections } from "./mongo-data-store.ts";
import { indexFields, readSettings, SETTINGS_ID, type SearchSettings, toItem, unchanged } from "./mongo-item-rows.ts";
import { checkLimit, filterOf } from "./mongo-rows.ts";
import type { MongoSession } from "./mongo-session.ts";

const INDEX_BATCH_ITEMS = 1000;
const AGAIN = { isRepeatable: true } as const;

/**
 * Search for items by an index over the words that each item's document holds, so that one write changes both. MongoDB's own text index would
 * cut words its own way and be one for the whole collection.
 */
export class MongoItemSearch implements ItemSearch {
  readonly #session: MongoSession;
  readonly #collections: MongoDataCollections;

  constructor(session: MongoSession, collections: MongoDataCollections) {
    this.#session = session;
    this.#collections = collections;
  }

  async index(columns: readonly SearchColumn[], options: CallOptions = {}): Promise<void> {
    const settings = await this.#setColumns(checkSearchColumns(columns), options);
    if (settings.columns.length === 0) return this.#clear(settings, options);
    // A writer that knew the old columns only may have come behind the batch that held his item.
    while (await this.#indexMissing(settings, options));
  }

  /** Items with more and rarer words first: each word counts the logarithm of how rare it is among the items found. */
  async search({ query, limit, signal }: SearchItemsOptions): Promise<Item[]> {
    checkLimit(limit);
    const terms = queryTerms(query);
    const { items, search } = this.#collections;
    return this.#session.read(
      async () => {
        if (terms.length === 0 || limit === 0) return [];
        const settings = await readSettings(search);
        if (settings.columns.length === 0) return [];
        const matching = { indexed: settings.generation, terms: { $in: terms } };
        const counts = await items.aggregate<TermCount>(countPipeline(matching, terms)).toArray();
        const found = await items.aggregate<ItemDocument>(rankPipeline(matching, counts, limit)).toArray();
        return found.map(toItem);
      },
      { signal },
    );
  }

  async #setColumns(columns: SearchColumn[], options: CallOptions): Promise<SearchSettings> {
    const { search } = this.#collections;
    return this.#session.read(async () => {
      for (;;) {
        const settings = await readSettings(search);
        if (String(settings.columns) === String(columns)) return settings;
        const next = { columns, generation: settings.generation + 1 };
        const filter = { _id: SETTINGS_ID, generation: settings.generation };
        // Only the first of several processes that set them at once inserts or changes the document; the others look again.
        const result = await search.updateOne(filter, { $set: next }, { upsert: settings.generation === 0 });
        if (result.matchedCount + result.upsertedCount === 1) return next;
      }
    }, options);
  }

  /** Takes the words of former columns out of the index. */
  async #clear({ generation }: SearchSettings, options: CallOptions): Promise<void> {
    const former = { indexed: { $gte: 0, $lt: generation } };
    const update = { $set: { terms: [], indexed: generation } };
    await this.#session.read(() => this.#collections.items.updateMany(former, update), options);
  }

  /** @returns whether there were any */
  async #indexMissing(settings: SearchSettings, options: CallOptions): Promise<boolean> {
    const { items } = this.#collections;
    const missing: Filter<ItemDocument> = { indexed: { $ne: settings.generation } };
    const open = (last: ItemDocument | undefined) => {
      const filter = last === undefined ? missing : filterOf<ItemDocument>({ ...missing, _id: { $gt: last._id } });
      return items.find<ItemDocument>(filter, { projection: { terms: 0 }, sort: { _id: 1 } });
    };
    let hasFound = false;
    for await (const batch of this.#session.scan(open, INDEX_BATCH_ITEMS, options)) {
      hasFound = true;
      if (!(await this.#isCurrent(settings, options))) return false;
      const operations = batch.map((document) => ({
        updateOne: { filter: unchanged(document), update: { $set: indexFields(toItem(document), settings) } },
      }));
      await this.#session.write((unit) => unit.bulk(items, operations, AGAIN), { ...options, ...AGAIN });
    }
    return hasFound;
  }

  /** Whether no other process has set other columns: then the work is its own. */
  async #isCurrent({ generation }: SearchSettings, options: CallOptions): Promise<boolean> {
    const settings = await this.#session.read(() => readSettings(this.#collections.search), options);
    return settings.generation === generation;
  }
}

interface TermCount {
  readonly _id: string;
  readonly items: number;
}

function countPipeline(matching: object, terms: readonly string[]): object[] {
  return [
    { $match: matching },
    { $project: { terms: 1 } },
    { $unwind: "$terms" },
    { $match: { terms: { $in: terms } } },
    { $group: { _id: "$terms", items: { $sum: 1 } } },
  ];
}

function rankPipeline(matching: object, counts: readonly TermCount[], limit: number): object[] {
  const most = Math.max(1, ...counts.map((count) => count.items));
  const scores = counts.map(({ _id, items }) => ({ $cond: [{ $in: [_id, "$terms"] }, Math.log1p(most / items), 0] }));
  return [
    { $match: matching },
    { $addFields: { score: { $add: [0, ...scores] } } },
    { $sort: { score: -1, _id: 1 } },
    { $limit: limit },
    { $project: { score: 0, terms: 0, indexed: 0 } },
  ];
}
