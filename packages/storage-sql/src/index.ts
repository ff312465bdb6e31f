export { openSqliteDataStore } from "./sqlite/sqlite-data-store.ts";
export type { SqliteStoreOptions } from "./sqlite/sqlite-store-options.ts";
