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
import { chunkList, lastOfEachKey } from "./chunks.ts";
import { ServerCacheLists } from "./server-cache-lists.ts";
import { ServerCacheOverlay } from "./server-cache-overlay.ts";
import { type ServerCacheTables, serverCacheSchema, serverCacheTables } from "./server-cache-schema.ts";
import { migrateServer } from "./server-migrator.ts";
import { emptyTables, ID_CHUNK } from "./server-rows.ts";
import type { Insertion, SqlValue } from "./sql-driver.ts";
import type { SqlSession } from "./sql-session.ts";

/** Rows that one transaction of the garbage collection deletes. */
const GARBAGE_CHUNK_ROWS = 1000;

/** Lists, values, time series and the item overlay on a SQL server. */
export class ServerCacheStore implements CacheStore {
  readonly #session: SqlSession;
  readonly #tables: ServerCacheTables;
  readonly #prefix: string;
  readonly #clock: Clock;
  readonly #lists: ServerCacheLists;
  readonly #overlay: ServerCacheOverlay;

  constructor(session: SqlSession, prefix: string, clock: Clock) {
    this.#session = session;
    this.#tables = serverCacheTables(prefix);
    this.#prefix = prefix;
    this.#clock = clock;
    this.#lists = new ServerCacheLists(session, this.#tables, clock);
    this.#overlay = new ServerCacheOverlay(session, this.#tables, clock);
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
    const sql = `SELECT name, value FROM ${this.#tables.values} WHERE ${this.#session.dialect.in("name")}`;
    const found = new Map<unknown, string>();
    await this.#session.read(async (connection) => {
      for (const chunk of chunkList([...new Set(keys)], ID_CHUNK)) {
        for (const [name, value] of (await connection.query(sql, [chunk])).rows) found.set(name, value as string);
      }
    }, options);
    return keys.map((key) => found.get(key));
  }

  async putValues(values: Readonly<Record<string, string>>, options?: CallOptions): Promise<void> {
    checkValues(values);
    const entries = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
    const columns = [
      ["name", "text"],
      ["value", "text"],
    ] as const;
    const update: Insertion["update"] = ({ given }) => ({ value: given("value") });
    await this.#insert({ table: this.#tables.values, columns, key: ["name"], update }, entries, options);
  }

  async deleteValues(keys: readonly string[], options?: CallOptions): Promise<void> {
    checkIds(keys, "key");
    if (keys.length === 0) return;
    const sql = `DELETE FROM ${this.#tables.values} WHERE ${this.#session.dialect.in("name")}`;
    await this.#session.transaction(async (connection) => {
      for (const chunk of chunkList([...keys].sort(), ID_CHUNK)) await connection.query(sql, [chunk]);
    }, options);
  }

  async addPoints(points: readonly TimeSeriesPoint[], options?: CallOptions): Promise<void> {
    checkPoints(points);
    const columns = [
      ["name", "text"],
      ["timestamp_ms", "integer"],
      ["value", "double"],
    ] as const;
    const update: Insertion["update"] = ({ given }) => ({ value: given("value") });
    const unique = lastOfEachKey(points, (point) => `${point.name}\0${point.timestampMs}`);
    const rows = unique.map((point) => [point.name, point.timestampMs, point.value]);
    await this.#insert({ table: this.#tables.points, columns, key: ["name", "timestamp_ms"], update }, rows, options);
  }

  async getPoints(query: TimeSeriesQuery): Promise<TimeSeriesPoint[]> {
    checkPointsQuery(query);
    const { name, beginMs, endMs } = query;
    const sql = `SELECT timestamp_ms, value FROM ${this.#tables.points}
      WHERE name = ? AND timestamp_ms >= ? AND timestamp_ms <= ? ORDER BY timestamp_ms`;
    const { rows } = await this.#session.query(sql, [name, beginMs, endMs], query);
    return pointsOf(
      query,
      rows.map(([timestampMs, value]) => [Number(timestampMs), Number(value)]),
    );
  }

  putOverlay(entries: readonly OverlayPut[], options?: CallOptions): Promise<number> {
    return this.#overlay.put(entries, options);
  }

  getOverlay(sinceVersion: number, options?: CallOptions): Promise<OverlayDelta> {
    return this.#overlay.get(sinceVersion, options);
  }

  async collectGarbage(options?: CallOptions): Promise<number> {
    const nowMs = this.#clock.now();
    let deleted = 0;
    for (const table of [this.#tables.lists, this.#tables.overlay]) {
      const sql = this.#session.dialect.deleteSome(table, "expires_ms <= ?", GARBAGE_CHUNK_ROWS);
      for (let chunk = GARBAGE_CHUNK_ROWS; chunk === GARBAGE_CHUNK_ROWS; deleted += chunk) {
        chunk = await this.#session.transaction(async (connection) => (await connection.query(sql, [nowMs])).changes, options);
      }
    }
    return deleted;
  }

  async migrate(options?: CallOptions): Promise<void> {
    await migrateServer(this.#session, serverCacheSchema(this.#prefix), options);
  }

  async ping(options?: CallOptions): Promise<void> {
    await this.#session.query("SELECT 1", [], options);
  }

  async purge(options?: CallOptions): Promise<void> {
    const { lists, values, points, overlay } = this.#tables;
    await emptyTables(this.#session, [lists, values, points, overlay], undefined, options);
  }

  async close(): Promise<void> {
    this.#lists.flush();
    await this.#session.close();
  }

  async #insert(insertion: Insertion, rows: readonly (readonly SqlValue[])[], options: CallOptions | undefined): Promise<void> {
    if (rows.length === 0) return;
    await this.#session.transaction((connection) => this.#session.dialect.insert(connection, insertion, rows), options);
  }
}
