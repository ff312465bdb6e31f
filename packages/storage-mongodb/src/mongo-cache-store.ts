import type { CallOptions, Clock } from "@furze/core";
import {
  type CacheStore,
  checkIds,
  checkPoints,
  checkPointsQuery,
  checkValues,
  type ListKey,
  type ListPut,
  type ListRead,
  type OverlayDelta,
  type OverlayPut,
  pointsOf,
  type TimeSeriesPoint,
  type TimeSeriesQuery,
} from "@furze/storage";
import { MongoCacheLists } from "./mongo-cache-lists.ts";
import { MongoCacheOverlay } from "./mongo-cache-overlay.ts";
import { type CacheCollections, cacheCollections, cacheSchema, OVERLAY_VERSION_ID } from "./mongo-cache-schema.ts";
import { migrateMongo } from "./mongo-migrator.ts";
import { filterOf, findByIds, SEPARATOR } from "./mongo-rows.ts";
import type { MongoSession } from "./mongo-session.ts";

const AGAIN = { isRepeatable: true } as const;

/** Lists, values, time series and the item overlay in a MongoDB. */
export class MongoCacheStore implements CacheStore {
  readonly #session: MongoSession;
  readonly #collections: CacheCollections;
  readonly #prefix: string;
  readonly #clock: Clock;
  readonly #lists: MongoCacheLists;
  readonly #overlay: MongoCacheOverlay;

  constructor(session: MongoSession, prefix: string, clock: Clock) {
    this.#session = session;
    this.#prefix = prefix;
    this.#clock = clock;
    this.#collections = cacheCollections(session, prefix);
    this.#lists = new MongoCacheLists(session, this.#collections.lists, clock);
    this.#overlay = new MongoCacheOverlay(session, this.#collections, clock);
  }

  getLists(keys: readonly ListKey[], options?: CallOptions): Promise<ListRead> {
    return this.#lists.get(keys, options);
  }

  putLists(lists: readonly ListPut[], options?: CallOptions): Promise<void> {
    return this.#lists.put(lists, options);
  }

  deleteLists(keys: readonly ListKey[], options?: CallOptions): Promise<void> {
    return this.#lists.delete(keys, options);
  }

  scanListNames(collection: string, options: CallOptions = {}): AsyncIterable<readonly string[]> {
    return this.#lists.scanNames(collection, options);
  }

  async getValues(keys: readonly string[], options?: CallOptions): Promise<(string | undefined)[]> {
    checkIds(keys, "key");
    if (keys.length === 0) return [];
    const documents = await this.#session.read(() => findByIds(this.#collections.values, keys), options);
    const found = new Map(documents.map(({ _id, value }) => [_id, value]));
    return keys.map((key) => found.get(key));
  }

  async putValues(values: Readonly<Record<string, string>>, options?: CallOptions): Promise<void> {
    checkValues(values);
    const operations = Object.entries(values).map(([_id, value]) => ({
      replaceOne: { filter: { _id }, replacement: { value }, upsert: true },
    }));
    await this.#session.write((unit) => unit.bulk(this.#collections.values, operations, AGAIN), { ...options, ...AGAIN });
  }

  async deleteValues(keys: readonly string[], options?: CallOptions): Promise<void> {
    checkIds(keys, "key");
    if (keys.length === 0) return;
    const filter = { _id: { $in: [...new Set(keys)] } };
    const { values } = this.#collections;
    await this.#session.write((unit) => unit.change((inUnit) => values.deleteMany(filter, inUnit), AGAIN), {
      ...options,
      ...AGAIN,
    });
  }

  async addPoints(points: readonly TimeSeriesPoint[], options?: CallOptions): Promise<void> {
    checkPoints(points);
    const byId = new Map(points.map((point) => [`${point.name}${SEPARATOR}${point.timestampMs}`, point]));
    const operations = Array.from(byId, ([_id, { name, timestampMs, value }]) => ({
      replaceOne: { filter: { _id }, replacement: { name, timestampMs, value }, upsert: true },
    }));
    await this.#session.write((unit) => unit.bulk(this.#collections.points, operations, AGAIN), { ...options, ...AGAIN });
  }

  async getPoints(query: TimeSeriesQuery): Promise<TimeSeriesPoint[]> {
    checkPointsQuery(query);
    const { name, beginMs, endMs } = query;
    const filter = { name, timestampMs: { $gte: beginMs, $lte: endMs } };
    const find = { sort: { timestampMs: 1 } } as const;
    const documents = await this.#session.read(() => this.#collections.points.find(filter, find).toArray(), query);
    return pointsOf(
      query,
      documents.map(({ timestampMs, value }) => [timestampMs, value]),
    );
  }

  putOverlay(entries: readonly OverlayPut[], options?: CallOptions): Promise<number> {
    return this.#overlay.put(entries, options);
  }

  getOverlay(sinceVersion: number, options?: CallOptions): Promise<OverlayDelta> {
    return this.#overlay.get(sinceVersion, options);
  }

  async collectGarbage(options?: CallOptions): Promise<number> {
    const { lists, overlay } = this.#collections;
    const expired = { expiresMs: { $lte: this.#clock.now() } };
    return this.#session.read(async () => {
      const ofLists = await lists.deleteMany(expired);
      return ofLists.deletedCount + (await overlay.deleteMany(expired)).deletedCount;
    }, options);
  }

  async migrate(options?: CallOptions): Promise<void> {
    await migrateMongo(this.#session, cacheSchema(this.#prefix), options);
  }

  async ping(options?: CallOptions): Promise<void> {
    await this.#session.read(() => this.#session.database.command({ ping: 1 }), options);
  }

  async purge(options?: CallOptions): Promise<void> {
    const { lists, values, points, overlay } = this.#collections;
    await this.#session.read(async () => {
      for (const collection of [values, points, overlay]) await collection.deleteMany({});
      // The version of the overlay stays.
      await lists.deleteMany(filterOf({ _id: { $ne: OVERLAY_VERSION_ID } }));
    }, options);
  }

  close(): Promise<void> {
    this.#lists.flush();
    return this.#session.close();
  }
}
