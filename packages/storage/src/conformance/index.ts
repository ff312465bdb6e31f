export { type BlobStoreSuiteOptions, describeBlobStore } from "./describe-blob-store.ts";
export { type CacheStoreSuiteOptions, describeCacheStore } from "./describe-cache-store.ts";
export { type ContentionSuiteOptions, describeDataStoreContention } from "./describe-contention.ts";
export { type DataStoreSuiteOptions, describeDataStore } from "./describe-data-store.ts";
export {
  describeDataStoreFailures,
  type FailureSuiteOptions,
  type FailureSuiteStoreOptions,
  type MortalServer,
} from "./describe-failures.ts";
export type { SkippedTest } from "./suite.ts";
