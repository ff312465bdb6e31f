import { type CallOptions, type Clock, systemClock } from "@furze/core";
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
import { checkTablePrefix } from "../checks.ts";
import { SqliteCacheLists } from "./sqlite-cache-lists.ts";
import { SqliteCacheOverlay } from "./sqlite-cache-overlay.ts";
import { type CacheTables, cacheSchema, cacheTables } from "./sqlite-cache-schema.ts";
import { migrateSqlite } from "./sqlite-migrator.ts";
import { UPSERT_SLICE_ROWS } from "./sqlite-rows.ts";
import { openSqliteSession, type SqliteSession } from "./sqlite-session.ts";
import { DEFAULT_BUSY_TIMEOUT_MS, type SqliteStoreOptions } from "./sqlite-store-options.ts";

/** A list of a few kilobytes fits in one page. */
const PAGE_SIZE_BYTES = 8192;
/** Rows that one transaction of the garbage collection deletes. */
const GARBAGE_CHUNK_ROWS = 500;

export interface SqliteCacheStoreOptions extends SqliteStoreOptions {
  /** Decides what has expired. Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

/** Lists, values, time series and the item overlay in one SQLite file. */
class SqliteCacheStore implements CacheStore {
  readonly #session: SqliteSession;
  readonly #tables: CacheTables;
  readonly #prefix: string;
  readonly #clock: Clock;
  readonly #lists: SqliteCacheLists;
  readonly #overlay: SqliteCacheOverlay;

  constructor(session: SqliteSession, prefix: string, clock: Clock) {
    this.#session = session;
    this.#tables = cacheTables(prefix);
    this.#prefix = prefix;
    this.#clock = clock;
    this.#lists = new SqliteCacheLists(session, this.#tables, clock);
    this.#overlay = new SqliteCacheOverlay(session, this.#tables, clock);
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
    const sql = `SELECT value FROM ${this.#tables.values} WHERE name = ?`;
    return this.#session.readSnapshot((reader) => {
      const statement = reader.prepare(sql);
      return keys.map((key) => (statement.get(key) as [string] | undefined)?.[0]);
    }, options);
  }

  async putValues(values: Readonly<Record<string, string>>, options?: CallOptions): Promise<void> {
    checkValues(values);
    const sql = `INSERT INTO ${this.#tables.values} (name, value) VALUES (?, ?)
      ON CONFLICT (name) DO UPDATE SET value = excluded.value`;
    await this.#runForEach(sql, Object.entries(values), options);
  }

  async deleteValues(keys: readonly string[], options?: CallOptions): Promise<void> {
    checkIds(keys, "key");
    await this.#runForEach(
      `DELETE FROM ${this.#tables.values} WHERE name = ?`,
      keys.map((key) => [key]),
      options,
    );
  }

  async addPoints(points: readonly TimeSeriesPoint[], options?: CallOptions): Promise<void> {
    checkPoints(points);
    const sql = `INSERT INTO ${this.#tables.points} (name, timestamp_ms, value) VALUES (?, ?, ?)
      ON CONFLICT (name, timestamp_ms) DO UPDATE SET value = excluded.value`;
    await this.#runForEach(
      sql,
      points.map((point) => [point.name, point.timestampMs, point.value]),
      options,
    );
  }

  async getPoints(query: TimeSeriesQuery): Promise<TimeSeriesPoint[]> {
    checkPointsQuery(query);
    const { name, beginMs, endMs } = query;
    const sql = `SELECT timestamp_ms, value FROM ${this.#tables.points}
      WHERE name = ? AND timestamp_ms BETWEEN ? AND ? ORDER BY timestamp_ms`;
    const rows = this.#session.read((reader) => reader.prepare(sql).all(name, beginMs, endMs), query) as [number, number][];
    return pointsOf(query, rows);
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
      const sql = `DELETE FROM ${table} WHERE rowid IN
        (SELECT rowid FROM ${table} WHERE expires_ms <= ? LIMIT ${GARBAGE_CHUNK_ROWS})`;
      for (let chunk = GARBAGE_CHUNK_ROWS; chunk === GARBAGE_CHUNK_ROWS; deleted += chunk) {
        chunk = await this.#session.write((connection) => {
          return Number(connection.prepare(sql).run(nowMs).changes);
        }, options);
      }
    }
    return deleted;
  }

  migrate(options?: CallOptions): Promise<void> {
    return migrateSqlite(this.#session, cacheSchema(this.#prefix), options);
  }

  async ping(options?: CallOptions): Promise<void> {
    this.#session.read((reader) => reader.prepare("SELECT 1").get(), options);
  }

  async purge(options?: CallOptions): Promise<void> {
    const { lists, values, points, overlay } = this.#tables;
    await this.#session.writeSliced(function* (connection) {
      for (const table of [lists, values, points, overlay]) {
        connection.execute(`DELETE FROM ${table}`);
        yield;
      }
    }, options);
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  async #runForEach(
    sql: string,
    rows: readonly (readonly (string | number)[])[],
    options: CallOptions | undefined,
  ): Promise<void> {
    if (rows.length === 0) return;
    await this.#session.writeSliced(function* (connection) {
      for (const [position, row] of rows.entries()) {
        if (position % UPSERT_SLICE_ROWS === 0) yield;
        connection.prepare(sql).run(...row);
      }
    }, options);
  }
}

/**
 * Opens a cache store in a SQLite file, creating the file and its folder. Call `migrate()` before the first use.
 * Several processes may have the file open at once. Writes survive a crash of the process; those of the last moments may be lost
 * in a power cut, as fits values that can be computed again.
 *
 * @throws {UnavailableError} when the file or its folder cannot be written
 * @throws {InvalidArgumentError} for a table prefix other than letters, digits and underscores
 */
export async function openSqliteCacheStore(options: SqliteCacheStoreOptions): Promise<CacheStore> {
  const prefix = checkTablePrefix(options.tablePrefix ?? "");
  const session = await openSqliteSession({
    path: options.path,
    isDurable: false,
    pageSizeBytes: PAGE_SIZE_BYTES,
    busyTimeoutMs: options.busyTimeoutMs ?? DEFAULT_BUSY_TIMEOUT_MS,
  });
  return new SqliteCacheStore(session, prefix, options.clock ?? systemClock);
}
