export { openMysqlCacheStore, openMysqlDataStore } from "./mysql/open-mysql.ts";
export { type OpenCacheStoreOptions, type OpenStoreOptions, openCacheStore, openDataStore } from "./open-store.ts";
export { openPostgresCacheStore, openPostgresDataStore } from "./postgres/open-postgres.ts";
export type { ServerCacheStoreOptions } from "./server/open-server-store.ts";
export type { IsolationLevel, ServerStoreOptions } from "./server/server-store-options.ts";
export { openSqliteCacheStore, type SqliteCacheStoreOptions } from "./sqlite/sqlite-cache-store.ts";
export { openSqliteDataStore } from "./sqlite/sqlite-data-store.ts";
export type { SqliteStoreOptions } from "./sqlite/sqlite-store-options.ts";
export { parseStoreUri, type StoreUri } from "./store-uri.ts";
