export { type BlobStoreSuiteOptions, describeBlobStore } from "./describe-blob-store.ts";
export { type CacheStoreSuiteOptions, describeCacheStore } from "./describe-cache-store.ts";
export { type DataStoreSuiteOptions, describeDataStore } from "./describe-data-store.ts";
export type { SkippedTest } from "./suite.ts";
