export { type DataStoreSuiteOptions, describeDataStore } from "./describe-data-store.ts";
export type { SkippedTest } from "./suite.ts";
