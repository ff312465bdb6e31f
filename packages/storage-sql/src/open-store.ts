import type { Clock } from "@furze/core";
import type { CacheStore, DataStore } from "@furze/storage";
import { openSqliteCacheStore } from "./sqlite/sqlite-cache-store.ts";
import { openSqliteDataStore } from "./sqlite/sqlite-data-store.ts";
import { parseStoreUri } from "./store-uri.ts";

export interface OpenStoreOptions {
  /** Begins the name of every table. Default none. */
  readonly tablePrefix?: string | undefined;
  /** How long a write waits for another process's, milliseconds. Default 10,000. */
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
 * @throws {UnavailableError} when it cannot be opened
 */
export async function openDataStore(uri: string, options: OpenStoreOptions = {}): Promise<DataStore> {
  return openSqliteDataStore({ ...options, path: parseStoreUri(uri).path });
}

/** Opens the cache store that the URI names; otherwise like `openDataStore`. */
export async function openCacheStore(uri: string, options: OpenCacheStoreOptions = {}): Promise<CacheStore> {
  return openSqliteCacheStore({ ...options, path: parseStoreUri(uri).path });
}
