import { type Clock, ManualClock } from "@furze/core";
import type { CacheStore } from "../cache-store.ts";
import { cacheListTests } from "./cache-list-tests.ts";
import { cacheOverlayTests } from "./cache-overlay-tests.ts";
import { cacheStoreTests } from "./cache-store-tests.ts";
import { cacheValueTests } from "./cache-value-tests.ts";
import { T0 } from "./fixtures.ts";
import { describeSuite, type SkippedTest } from "./suite.ts";

export interface CacheStoreSuiteOptions {
  /** Opens the store, each time at the same place; the clock decides what has expired. The suite migrates and purges it before each case. */
  readonly open: (clock: Clock) => Promise<CacheStore>;
  /** Opens a store at another place whose schema a newer release has written. */
  readonly openTooNew: () => Promise<CacheStore>;
  readonly skip?: readonly SkippedTest[] | undefined;
}

/** What a case works on. */
export interface CacheStoreContext {
  /** Open, migrated and empty. */
  readonly store: CacheStore;
  /** Stands at `T0` until the case moves it. */
  readonly clock: ManualClock;
  readonly open: () => Promise<CacheStore>;
  readonly openTooNew: () => Promise<CacheStore>;
}

/** Registers the conformance suite of cache stores with vitest: what every adapter must do alike. */
export function describeCacheStore(name: string, options: CacheStoreSuiteOptions): void {
  describeSuite<CacheStoreContext>(name, {
    tests: [...cacheListTests, ...cacheValueTests, ...cacheOverlayTests, ...cacheStoreTests],
    skip: options.skip ?? [],
    withContext: async (run) => {
      const clock = new ManualClock(T0);
      const store = await options.open(clock);
      try {
        await store.migrate();
        await store.purge();
        await run({ store, clock, open: () => options.open(clock), openTooNew: options.openTooNew });
      } finally {
        await store.close();
      }
    },
  });
}
