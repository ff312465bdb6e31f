import type { DataStore } from "../data-store.ts";
import { contentionTests, type Writers } from "./contention-tests.ts";
import { describeSuite, type SkippedTest } from "./suite.ts";

export interface ContentionSuiteOptions {
  /** Opens the store, each time at the same place. The suite migrates it and deletes everything in it before each case. */
  readonly open: () => Promise<DataStore>;
  readonly skip?: readonly SkippedTest[] | undefined;
}

/** Registers the suite of data stores that several processes write at the same time: nothing is lost, and no conflict is left to the caller. */
export function describeDataStoreContention(name: string, { open, skip = [] }: ContentionSuiteOptions): void {
  describeSuite<Writers>(name, {
    tests: contentionTests,
    skip,
    withContext: async (run) => {
      const writers = [await open(), await open(), await open()] as const;
      try {
        await Promise.all(writers.map((store) => store.migrate()));
        await writers[0].purge();
        await run(writers);
      } finally {
        await Promise.all(writers.map((store) => store.close()));
      }
    },
  });
}
