import { type CallOptions, type Clock, checkId, InvalidArgumentError } from "@furze/core";
import { checkText, decodeList, encodeList, type ListKey, type ListPut, type ListRead } from "@furze/storage";
import { LRUCache } from "lru-cache";
import { TimeSlice } from "./event-loop.ts";
import { readOverlayVersion } from "./sqlite-cache-overlay.ts";
import type { CacheTables } from "./sqlite-cache-schema.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";
import { SCAN_CHUNK_ROWS, UPSERT_SLICE_ROWS } from "./sqlite-rows.ts";
import type { SqliteSession } from "./sqlite-session.ts";

/** Lists read in one go: some milliseconds at a few kilobytes each. */
const READ_CHUNK_LISTS = 200;

/** Entries of decoded lists that are kept: at some 100 bytes each. */
const KEPT_ENTRIES = 200_000;

type MaybeList = ListRead["lists"][number];

/** A list as it stood under a data version of the file. */
interface KeptList {
  readonly dataVersion: number;
  readonly overlayVersion: number;
  readonly list: MaybeList;
  readonly expiresMs: number;
}

function checkKey(key: ListKey): void {
  checkId(key.collection, "collection");
  // The name may be empty: it is the category of a leaderboard of all items.
  checkText(key.name, "name");
}

/** Ranked lists in SQLite: one encoded value per key. */
export class SqliteCacheLists {
  readonly #session: SqliteSession;
  readonly #tables: CacheTables;
  readonly #clock: Clock;
  readonly #select: string;
  readonly #kept = new LRUCache<string, KeptList>({
    maxSize: KEPT_ENTRIES,
    sizeCalculation: ({ list }) => 1 + (list?.entries.length ?? 0),
  });

  constructor(session: SqliteSession, tables: CacheTables, clock: Clock) {
    this.#session = session;
    this.#tables = tables;
    this.#clock = clock;
    this.#select = `SELECT value, expires_ms FROM ${tables.lists} WHERE collection = ? AND name = ? AND expires_ms > ?`;
  }

  async get(keys: readonly ListKey[], options: CallOptions | undefined): Promise<ListRead> {
    for (const key of keys) checkKey(key);
    const [only] = keys;
    if (only !== undefined && keys.length === 1) return this.#getKept(only, options);
    const nowMs = this.#clock.now();
    const lists: MaybeList[] = [];
    // Read first: should the overlay change before the lists are read, the reader holds too old a version and fetches once too often.
    const overlayVersion = this.#session.read((reader) => readOverlayVersion(reader, this.#tables), options);
    const slice = new TimeSlice();
    while (lists.length < keys.length) {
      const chunk = keys.slice(lists.length, lists.length + READ_CHUNK_LISTS);
      this.#session.readSnapshot((reader) => {
        for (const key of chunk) lists.push(this.#getOne(reader, key, nowMs)?.list);
      }, options);
      if (slice.isOver()) await slice.rest();
    }
    return { lists, overlayVersion };
  }

  async put(lists: readonly ListPut[], options: CallOptions | undefined): Promise<void> {
    for (const put of lists) {
      checkKey(put);
      if (!Number.isSafeInteger(put.expiresMs)) {
        throw new InvalidArgumentError("expiresMs", `expiresMs must be a whole number of milliseconds, got ${put.expiresMs}`);
      }
    }
    if (lists.length === 0) return;
    const sql = `INSERT INTO ${this.#tables.lists} (collection, name, expires_ms, value) VALUES (?, ?, ?, ?)
      ON CONFLICT (collection, name) DO UPDATE SET expires_ms = excluded.expires_ms, value = excluded.value`;
    await this.#session.writeSliced(function* (connection) {
      const statement = connection.prepare(sql);
      for (const [position, put] of lists.entries()) {
        if (position % UPSERT_SLICE_ROWS === 0) yield;
        statement.run(put.collection, put.name, put.expiresMs, encodeList(put.list));
      }
    }, options);
  }

  async delete(keys: readonly ListKey[], options: CallOptions | undefined): Promise<void> {
    for (const key of keys) checkKey(key);
    if (keys.length === 0) return;
    const sql = `DELETE FROM ${this.#tables.lists} WHERE collection = ? AND name = ?`;
    await this.#session.writeSliced(function* (connection) {
      for (const [position, key] of keys.entries()) {
        if (position % UPSERT_SLICE_ROWS === 0) yield;
        connection.prepare(sql).run(key.collection, key.name);
      }
    }, options);
  }

  async *scanNames(collection: string, options: CallOptions): AsyncIterable<readonly string[]> {
    checkId(collection, "collection");
    const nowMs = this.#clock.now();
    const slice = new TimeSlice();
    const columns = `SELECT name FROM ${this.#tables.lists} WHERE collection = ? AND expires_ms > ?`;
    let after: string | undefined;
    for (;;) {
      const bound = after === undefined ? [] : [after];
      const sql = `${columns}${after === undefined ? "" : " AND name > ?"} ORDER BY name LIMIT ${SCAN_CHUNK_ROWS}`;
      const rows = this.#session.read((reader) => reader.prepare(sql).all(collection, nowMs, ...bound), options) as [string][];
      if (rows.length > 0) yield rows.map(([name]) => name);
      after = rows.at(-1)?.[0];
      if (after === undefined || rows.length < SCAN_CHUNK_ROWS) return;
      if (slice.isOver()) await slice.rest();
    }
  }

  /**
   * One list, as a server asks for it: decoded once for as long as nobody writes to the file. A worker that reads many at once
   * reads each only once, so those are not kept.
   */
  #getKept(key: ListKey, options: CallOptions | undefined): ListRead {
    const nowMs = this.#clock.now();
    const place = `${key.collection.length} ${key.collection}${key.name}`;
    return this.#session.read((reader) => {
      const dataVersion = this.#session.dataVersion();
      const kept = this.#kept.get(place);
      if (kept?.dataVersion === dataVersion) {
        return { lists: [kept.expiresMs > nowMs ? kept.list : undefined], overlayVersion: kept.overlayVersion };
      }
      const overlayVersion = readOverlayVersion(reader, this.#tables);
      const { list, expiresMs } = this.#getOne(reader, key, nowMs) ?? { list: undefined, expiresMs: 0 };
      this.#kept.set(place, { dataVersion, overlayVersion, list, expiresMs });
      return { lists: [list], overlayVersion };
    }, options);
  }

  #getOne(reader: SqliteConnection, key: ListKey, nowMs: number): Pick<KeptList, "list" | "expiresMs"> | undefined {
    const row = reader.prepare(this.#select).get(key.collection, key.name, nowMs) as [Uint8Array, number] | undefined;
    return row && { list: decodeList(row[0]), expiresMs: row[1] };
  }
}
