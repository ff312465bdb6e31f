import type { CacheStore, DataStore } from "@furze/storage";
import {
  openServerCacheStore,
  openServerDataStore,
  type ServerCacheStoreOptions,
  type SqlServerKind,
} from "../server/open-server-store.ts";
import type { ServerStoreOptions } from "../server/server-store-options.ts";
import { postgresDialect } from "./postgres-dialect.ts";
import { openPostgresDriver } from "./postgres-driver.ts";

const POSTGRES: SqlServerKind = { dialect: postgresDialect, openDriver: openPostgresDriver };

/**
 * Opens a data store in a PostgreSQL database (13 or newer) through the driver `pg`. Call `migrate()` before the first use.
 * Nothing connects before that. A write is stored as durably as the server is set to when its promise resolves
 * (`synchronous_commit`). Small writes of feedback that wait at the same time share a transaction.
 *
 * @throws {UnsupportedError} when the driver is not installed
 * @throws {InvalidArgumentError} for an address or table prefix that makes no sense
 */
export async function openPostgresDataStore(options: ServerStoreOptions): Promise<DataStore> {
  return openServerDataStore(POSTGRES, options);
}

/** Opens a cache store in a PostgreSQL database; otherwise like `openPostgresDataStore`. */
export async function openPostgresCacheStore(options: ServerCacheStoreOptions): Promise<CacheStore> {
  return openServerCacheStore(POSTGRES, options);
}
