import type { CacheStore, DataStore } from "@furze/storage";
import {
  openServerCacheStore,
  openServerDataStore,
  type ServerCacheStoreOptions,
  type SqlServerKind,
} from "../server/open-server-store.ts";
import type { ServerStoreOptions } from "../server/server-store-options.ts";
import { mysqlDialect } from "./mysql-dialect.ts";
import { openMysqlDriver } from "./mysql-driver.ts";

const MYSQL: SqlServerKind = { dialect: mysqlDialect, openDriver: openMysqlDriver };

/**
 * Opens a data store in a MySQL (8.0 or newer) or MariaDB (10.6 or newer) database through the driver `mysql2`. Call `migrate()`
 * before the first use. Nothing connects before that. A write is stored as durably as the server is set to when its promise
 * resolves (`innodb_flush_log_at_trx_commit`). Small writes of feedback that wait at the same time share a transaction.
 *
 * @throws {UnsupportedError} when the driver is not installed
 * @throws {InvalidArgumentError} for an address or table prefix that makes no sense
 */
export async function openMysqlDataStore(options: ServerStoreOptions): Promise<DataStore> {
  return openServerDataStore(MYSQL, options);
}

/** Opens a cache store in a MySQL or MariaDB database; otherwise like `openMysqlDataStore`. */
export async function openMysqlCacheStore(options: ServerCacheStoreOptions): Promise<CacheStore> {
  return openServerCacheStore(MYSQL, options);
}
