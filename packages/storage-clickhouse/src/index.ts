export { type ClickhouseDataStoreOptions, openClickhouseDataStore } from "./open-clickhouse-data-store.ts";
