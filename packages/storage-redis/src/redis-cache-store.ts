import type { CallOptions, Clock } from "@furze/core";
import {
  type CacheStore,
  checkIds,
  checkValues,
  type ListKey,
  type ListPut,
  type ListRead,
  type OverlayDelta,
  type OverlayPut,
  SchemaTooNewError,
  type TimeSeriesPoint,
  type TimeSeriesQuery,
} from "@furze/storage";
import type { RedisKeys } from "./redis-keys.ts";
import { RedisLists } from "./redis-lists.ts";
import { RedisOverlay } from "./redis-overlay.ts";
import { RedisSeries } from "./redis-series.ts";
import type { RedisSession } from "./redis-session.ts";

const SCHEMA_VERSION = 1;

/** Lists, values, time series and the item overlay in one Redis. */
export class RedisCacheStore implements CacheStore {
  readonly #session: RedisSession;
  readonly #keys: RedisKeys;
  readonly #lists: RedisLists;
  readonly #series: RedisSeries;
  readonly #overlay: RedisOverlay;
  readonly #retentionMs: number;

  constructor(session: RedisSession, keys: RedisKeys, options: { clock: Clock; retentionMs: number }) {
    this.#session = session;
    this.#keys = keys;
    this.#lists = new RedisLists(session, keys, options.clock);
    this.#series = new RedisSeries(session, keys, options);
    this.#overlay = new RedisOverlay(session, keys, options.clock);
    this.#retentionMs = options.retentionMs;
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
    const names = keys.map((key) => this.#keys.value(key));
    return (await this.#session.getMany(names, options)).map((value) => value?.toString());
  }

  async putValues(values: Readonly<Record<string, string>>, options?: CallOptions): Promise<void> {
    checkValues(values);
    const life = String(this.#retentionMs);
    await this.#session.run(
      Object.entries(values).map(([key, value]) => ["SET", this.#keys.value(key), value, "PX", life]),
      options,
    );
  }

  async deleteValues(keys: readonly string[], options?: CallOptions): Promise<void> {
    checkIds(keys, "key");
    await this.#session.run(
      keys.map((key) => ["UNLINK", this.#keys.value(key)]),
      options,
    );
  }

  addPoints(points: readonly TimeSeriesPoint[], options?: CallOptions): Promise<void> {
    return this.#series.add(points, options);
  }

  getPoints(query: TimeSeriesQuery): Promise<TimeSeriesPoint[]> {
    return this.#series.get(query);
  }

  putOverlay(entries: readonly OverlayPut[], options?: CallOptions): Promise<number> {
    return this.#overlay.put(entries, options);
  }

  getOverlay(sinceVersion: number, options?: CallOptions): Promise<OverlayDelta> {
    return this.#overlay.get(sinceVersion, options);
  }

  async collectGarbage(options?: CallOptions): Promise<number> {
    return (await this.#lists.collectGarbage(options)) + (await this.#overlay.collectGarbage(options));
  }

  async migrate(options?: CallOptions): Promise<void> {
    await this.#session.run([["SET", this.#keys.schema, String(SCHEMA_VERSION), "NX"]], options);
    const [schema] = await this.#session.getMany([this.#keys.schema], options);
    const found = Number(schema ?? SCHEMA_VERSION);
    if (!(found <= SCHEMA_VERSION)) throw new SchemaTooNewError(found, SCHEMA_VERSION);
  }

  async ping(options?: CallOptions): Promise<void> {
    await this.#session.run([["PING"]], options);
  }

  async purge(options?: CallOptions): Promise<void> {
    const { overlayEntries, overlayIndex } = this.#keys;
    await this.#session.run([["UNLINK", overlayEntries, overlayIndex]], options);
    for await (const keys of this.#session.scan(this.#keys.everything, options)) {
      await this.#session.run(
        keys.map((key) => ["UNLINK", key]),
        options,
      );
    }
  }

  close(): Promise<void> {
    this.#lists.flush();
    return this.#session.close();
  }
}
