import type { Clock } from "@furze/core";
import type { CacheStore, DataStore } from "@furze/storage";
import { openMysqlCacheStore, openMysqlDataStore } from "./mysql/open-mysql.ts";
import { openPostgresCacheStore, openPostgresDataStore } from "./postgres/open-postgres.ts";
import type { ServerStoreOptions } from "./server/server-store-options.ts";
import { openSqliteCacheStore } from "./sqlite/sqlite-cache-store.ts";
import { openSqliteDataStore } from "./sqlite/sqlite-data-store.ts";
import { parseStoreUri } from "./store-uri.ts";

/** Options of a server are ignored by a file and the other way round. */
export interface OpenStoreOptions extends Omit<ServerStoreOptions, "uri"> {
  /** How long a write to a SQLite file waits for another process's, milliseconds. Default 10,000. */
  readonly busyTimeoutMs?: number | undefined;
}

export interface OpenCacheStoreOptions extends OpenStoreOptions {
  /** Decides what has expired. Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

/**
 * Opens the data store that the URI names. Call `migrate()` before the first use.
 *
 * @throws {InvalidArgumentError} for an address that no store of this package serves
 * @throws {UnsupportedError} when the driver of the server (`pg`, `mysql2`) is not installed
 * @throws {UnavailableError} when a file cannot be opened
 */
export async function openDataStore(uri: string, options: OpenStoreOptions = {}): Promise<DataStore> {
  const place = parseStoreUri(uri);
  if (place.scheme === "sqlite") return openSqliteDataStore({ ...options, path: place.path });
  const open = place.scheme === "postgres" ? openPostgresDataStore : openMysqlDataStore;
  return open({ ...options, uri: place.uri });
}

/** Opens the cache store that the URI names; otherwise like `openDataStore`. */
export async function openCacheStore(uri: string, options: OpenCacheStoreOptions = {}): Promise<CacheStore> {
  const place = parseStoreUri(uri);
  if (place.scheme === "sqlite") return openSqliteCacheStore({ ...options, path: place.path });
  const open = place.scheme === "postgres" ? openPostgresCacheStore : openMysqlCacheStore;
  return open({ ...options, uri: place.uri });
}
