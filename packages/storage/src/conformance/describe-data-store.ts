import { expect } from "vitest";
import type { DataStore, DataStoreCapabilities } from "../data-store.ts";
import { feedbackReadTests } from "./feedback-read-tests.ts";
import { feedbackScanTests } from "./feedback-scan-tests.ts";
import { feedbackWriteTests } from "./feedback-write-tests.ts";
import { itemTests } from "./item-tests.ts";
import { latestTests } from "./latest-tests.ts";
import { searchTests } from "./search-tests.ts";
import { storeTests } from "./store-tests.ts";
import { describeSuite, type SkippedTest } from "./suite.ts";
import { userTests } from "./user-tests.ts";

export interface DataStoreSuiteOptions {
  /** Opens the store, each time at the same place. The suite migrates it and deletes everything in it before each case. */
  readonly open: () => Promise<DataStore>;
  /** Opens a store at another place whose schema a newer release has written. */
  readonly openTooNew: () => Promise<DataStore>;
  /** What the store must declare. Default: whatever it does. */
  readonly capabilities?: Partial<DataStoreCapabilities> | undefined;
  readonly skip?: readonly SkippedTest[] | undefined;
}

/** What a case works on. */
export interface DataStoreContext {
  /** Open, migrated and empty. */
  readonly store: DataStore;
  readonly open: () => Promise<DataStore>;
  readonly openTooNew: () => Promise<DataStore>;
}

/** Registers the conformance suite of data stores with vitest: what every adapter must do alike. */
export function describeDataStore(name: string, options: DataStoreSuiteOptions): void {
  describeSuite<DataStoreContext>(name, {
    tests: [
      ...userTests,
      ...itemTests,
      ...latestTests,
      ...searchTests,
      ...feedbackWriteTests,
      ...feedbackReadTests,
      ...feedbackScanTests,
      ...storeTests,
    ],
    skip: options.skip ?? [],
    withContext: async (run) => {
      const store = await options.open();
      try {
        expect(store.capabilities).toMatchObject(options.capabilities ?? {});
        await store.migrate();
        await store.purge();
        await store.itemSearch.index([]);
        await run({ store, open: options.open, openTooNew: options.openTooNew });
      } finally {
        await store.close();
      }
    },
  });
}
