import { afterAll, beforeAll, describe } from "vitest";
import type { DataStore } from "../data-store.ts";
import { failureTests } from "./failure-tests.ts";
import { describeSuite, type SkippedTest } from "./suite.ts";

/** A server that the suite may kill. */
export interface MortalServer {
  readonly uri: string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again at the same place with the same data. Resolves when it takes calls. */
  start(): Promise<void>;
  /** Ends it and removes what it has stored. */
  remove(): Promise<void>;
}

export interface FailureSuiteStoreOptions {
  readonly tablePrefix: string;
  /** How long a call goes on trying, in milliseconds. */
  readonly retryForMs: number;
}

export interface FailureSuiteOptions {
  /** Starts a server of the suite's own. */
  readonly startServer: () => Promise<MortalServer>;
  readonly open: (uri: string, options: FailureSuiteStoreOptions) => Promise<DataStore>;
  /** Of an address, such as `postgres:`; the suite opens one of it at which nobody listens. */
  readonly scheme: string;
  readonly skip?: readonly SkippedTest[] | undefined;
}

/** What a case works on. Stores that it opens are closed after it. */
export interface FailureContext {
  readonly server: MortalServer;
  readonly open: (options: FailureSuiteStoreOptions) => Promise<DataStore>;
  readonly openNowhere: (options: FailureSuiteStoreOptions) => Promise<DataStore>;
}

/** Registers the suite of data stores whose server is killed, restarted or away: typed errors in time, and nothing acknowledged is lost. */
export function describeDataStoreFailures(name: string, { startServer, open, scheme, skip = [] }: FailureSuiteOptions): void {
  describe(name, () => {
    let server: MortalServer;

    beforeAll(async () => {
      server = await startServer();
    });

    afterAll(() => server.remove());

    describeSuite<FailureContext>("in trouble", {
      tests: failureTests,
      skip,
      withContext: async (run) => {
        const stores: DataStore[] = [];
        const openAt = (uri: string) => async (options: FailureSuiteStoreOptions) => {
          const store = await open(uri, options);
          stores.push(store);
          return store;
        };
        let isDown = false;
        const mortal: MortalServer = {
          ...server,
          kill: async () => {
            isDown = true;
            await server.kill();
          },
          start: async () => {
            await server.start();
            isDown = false;
          },
        };
        try {
          await run({ server: mortal, open: openAt(server.uri), openNowhere: openAt(`${scheme}//me:secret@127.0.0.1:1/db`) });
        } finally {
          await Promise.all(stores.map((store) => store.close()));
          // A case that failed must not take the next ones with it.
          if (isDown) await server.start();
        }
      },
    });
  });
}
