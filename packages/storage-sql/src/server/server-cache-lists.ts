import { type CallOptions, type Clock, checkId, InvalidArgumentError } from "@furze/core";
import { checkText, decodeList, encodeList, type ListKey, type ListPut, type ListRead } from "@furze/storage";
import { chunkList, lastOfEachKey } from "./chunks.ts";
import { readKeyset } from "./keyset.ts";
import type { ServerCacheTables } from "./server-cache-schema.ts";
import { listKeyText, ServerSingleLists, type StoredList, type StoredLists } from "./server-single-lists.ts";
import type { Insertion, SqlConnection, SqlValue } from "./sql-driver.ts";
import type { SqlSession } from "./sql-session.ts";

/** Lists read by one statement: a few megabytes. */
const READ_CHUNK_LISTS = 1000;
/** Collections that one statement names. */
const READ_CHUNK_COLLECTIONS = 16;
const SCAN_BATCH_NAMES = 10_000;
/** What the index can hold. */
const MAX_NAME_LENGTH = 512;

function checkKey(key: ListKey): void {
  checkId(key.collection, "collection");
  // The name may be empty: it is the category of a leaderboard of all items.
  checkText(key.name, "name");
  if (key.name.length > MAX_NAME_LENGTH) {
    throw new InvalidArgumentError("name", `name has ${key.name.length} characters, at most ${MAX_NAME_LENGTH} are allowed`);
  }
}

/** Ranked lists on a SQL server: one encoded value per key. */
export class ServerCacheLists {
  readonly #session: SqlSession;
  readonly #tables: ServerCacheTables;
  readonly #clock: Clock;
  readonly #insertion: Insertion;
  readonly #single: ServerSingleLists;

  constructor(session: SqlSession, tables: ServerCacheTables, clock: Clock) {
    this.#session = session;
    this.#tables = tables;
    this.#clock = clock;
    this.#single = new ServerSingleLists((keys, numBytes) => this.#readStored(keys, { numBytes }), clock);
    this.#insertion = {
      table: tables.lists,
      columns: [
        ["collection", "text"],
        ["name", "text"],
        ["expires_ms", "integer"],
        ["value", "bytes"],
      ],
      key: ["collection", "name"],
      update: ({ given }) => ({ expires_ms: given("expires_ms"), value: given("value") }),
    };
  }

  async get(keys: readonly ListKey[], options: CallOptions | undefined): Promise<ListRead> {
    for (const key of keys) checkKey(key);
    const [only] = keys;
    // Who reads many at once, as a worker does, reads each only once.
    if (only !== undefined && keys.length === 1) return this.#single.get(only, options);
    const { found, overlayVersion } = await this.#readStored(keys, options);
    const lists = keys.map((key) => {
      const stored = found.get(listKeyText(key));
      return stored && decodeList(stored.bytes);
    });
    return { lists, overlayVersion };
  }

  /** Sends reads that wait for others of their turn. */
  flush(): void {
    this.#single.flush();
  }

  async put(lists: readonly ListPut[], options: CallOptions | undefined): Promise<void> {
    for (const put of lists) {
      checkKey(put);
      if (!Number.isSafeInteger(put.expiresMs)) {
        throw new InvalidArgumentError("expiresMs", `expiresMs must be a whole number of milliseconds, got ${put.expiresMs}`);
      }
    }
    if (lists.length === 0) return;
    const rows = lastOfEachKey(lists, listKeyText).map((put) => [
      put.collection,
      put.name,
      put.expiresMs,
      encodeList(put.list),
    ]);
    await this.#session.transaction((connection) => this.#session.dialect.insert(connection, this.#insertion, rows), options);
  }

  async delete(keys: readonly ListKey[], options: CallOptions | undefined): Promise<void> {
    for (const key of keys) checkKey(key);
    if (keys.length === 0) return;
    const sql = `DELETE FROM ${this.#tables.lists} WHERE collection = ? AND ${this.#session.dialect.in("name")}`;
    await this.#session.transaction(async (connection) => {
      for (const [collection, names] of groupByCollection(keys)) {
        for (const chunk of chunkList([...names].sort(), READ_CHUNK_LISTS)) await connection.query(sql, [collection, chunk]);
      }
    }, options);
  }

  async *scanNames(collection: string, options: CallOptions): AsyncIterable<readonly string[]> {
    checkId(collection, "collection");
    const conditions = ["collection = ?", "expires_ms > ?"];
    const parameters = [collection, this.#clock.now()];
    const reading = { select: `SELECT name FROM ${this.#tables.lists}`, columns: ["name"], conditions, parameters };
    let from: [string] | undefined;
    for (;;) {
      const keyset = { ...reading, from, limit: SCAN_BATCH_NAMES };
      const rows = await this.#session.read((connection) => readKeyset(connection, this.#session.dialect, keyset), options);
      const names = rows.map(([name]) => name as string);
      if (names.length > 0) yield names;
      const last = names.at(-1);
      if (last === undefined || names.length < SCAN_BATCH_NAMES) return;
      from = [last];
    }
  }

  /** @param options.numBytes reads only so many bytes of each list; default all */
  async #readStored(
    keys: readonly ListKey[],
    options: CallOptions & { numBytes?: number | undefined } = {},
  ): Promise<StoredLists> {
    const found = new Map<string, StoredList>();
    const groups = [...groupByCollection(keys)].flatMap(([collection, names]) =>
      [...chunkList([...names], READ_CHUNK_LISTS)].map((chunk) => ({ collection, names: chunk })),
    );
    const value = options.numBytes === undefined ? "value" : `substring(value, 1, ${options.numBytes})`;
    const overlayVersion = await this.#session.read(async (connection) => {
      let version: number | undefined;
      const chunks = groups.length === 0 ? [[]] : chunkGroups(groups);
      for (const chunk of chunks) {
        const seen = await this.#readGroups(connection, chunk, { value, found });
        // That of the first statement: should the overlay change in between, the reader holds too old a version and fetches once too often.
        version ??= seen;
      }
      return version ?? 0;
    }, options);
    return { found, overlayVersion };
  }

  /** Lists of some collections and the version of the overlay, by one statement. @returns the version */
  async #readGroups(
    connection: SqlConnection,
    groups: readonly CollectionNames[],
    { value, found }: { readonly value: string; readonly found: Map<string, StoredList> },
  ): Promise<number> {
    const { lists, overlayVersion } = this.#tables;
    const nowMs = this.#clock.now();
    const parts = [
      `SELECT version, NULL AS collection, NULL AS name, NULL AS expires_ms, NULL AS value FROM ${overlayVersion}`,
    ];
    const parameters: SqlValue[] = [];
    for (const { collection, names } of groups) {
      parts.push(`SELECT NULL, collection, name, expires_ms, ${value} FROM ${lists}
        WHERE collection = ? AND ${this.#session.dialect.in("name")} AND expires_ms > ?`);
      parameters.push(collection, names, nowMs);
    }
    let version = 0;
    for (const [seen, collection, name, expiresMs, bytes] of (await connection.query(parts.join(" UNION ALL "), parameters))
      .rows) {
      if (seen !== null) version = Number(seen);
      else {
        const key = listKeyText({ collection: collection as string, name: name as string });
        found.set(key, { expiresMs: Number(expiresMs), bytes: bytes as Uint8Array });
      }
    }
    return version;
  }
}

interface CollectionNames {
  readonly collection: string;
  readonly names: readonly string[];
}

function groupByCollection(keys: readonly ListKey[]): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const { collection, name } of keys) {
    const names = groups.get(collection);
    if (names === undefined) groups.set(collection, new Set([name]));
    else names.add(name);
  }
  return groups;
}

function chunkGroups(groups: readonly CollectionNames[]): CollectionNames[][] {
  const chunks: CollectionNames[][] = [];
  let size = READ_CHUNK_LISTS;
  for (const group of groups) {
    const last = chunks.at(-1);
    if (last === undefined || size + group.names.length > READ_CHUNK_LISTS || last.length >= READ_CHUNK_COLLECTIONS) {
      chunks.push([group]);
      size = group.names.length;
    } else {
      last.push(group);
      size += group.names.length;
    }
  }
  return chunks;
}
