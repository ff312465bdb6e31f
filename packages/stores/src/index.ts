export { type OpenStoreOptions, openBlobStore, openCacheStore, openDataStore } from "./open-stores.ts";
