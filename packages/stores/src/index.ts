export {
  type OpenBlobStoreOptions,
  type OpenStoreOptions,
  openBlobStore,
  openCacheStore,
  openDataStore,
  type SqlPoolOptions,
} from "./open-stores.ts";
