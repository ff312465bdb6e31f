export { type OpenCacheStoreOptions, type OpenStoreOptions, openCacheStore, openDataStore } from "./open-store.ts";
export { openSqliteCacheStore, type SqliteCacheStoreOptions } from "./sqlite/sqlite-cache-store.ts";
export { openSqliteDataStore } from "./sqlite/sqlite-data-store.ts";
export type { SqliteStoreOptions } from "./sqlite/sqlite-store-options.ts";
export { parseStoreUri, type StoreUri } from "./store-uri.ts";
