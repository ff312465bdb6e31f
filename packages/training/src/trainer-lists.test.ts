import { type Feedback, ManualClock } from "@furze/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { HOUR_MS, openStores, pipeline, START_MS, type Stores } from "../test/fixture.ts";
import { type ListMakers, Trainer } from "./trainer.ts";

const SEARCH = "Optimize Collaborative Filtering Model";

const clock = new ManualClock(START_MS);
let stores: Stores;
let trainer: Trainer | undefined;
let started: string[];

beforeEach(async () => {
  stores = await openStores(clock);
  started = [];
  const rows = Array.from({ length: 80 }, (_, n): Feedback => {
    const [user, item] = [n % 20, Math.floor(n / 20)];
    const ids = { userId: `u${user}`, itemId: `i${2 * item + (user % 2)}` };
    return { ...ids, feedbackType: "like", value: 1, timestampMs: START_MS - 1, updatedMs: START_MS - 1, comment: "" };
  });
  await stores.dataStore.feedback.upsert(rows, { mode: "sum" });
});

afterEach(async () => {
  await trainer?.stop();
  await stores[Symbol.asyncDispose]();
});

async function start(lists: ListMakers): Promise<Trainer> {
  const collaborative = { fitPeriodMs: HOUR_MS, numEpochs: 2, patience: 1, search: { periodMs: 24 * HOUR_MS, trials: 1 } };
  trainer = await Trainer.open({
    ...{ dataStore: stores.dataStore, cacheStore: stores.cacheStore, blobStore: stores.blobStore, clock, pipeline, lists },
    training: { jobs: 2, collaborative, emptyPollMs: 5 },
    reporter: {
      declare: () => {},
      start: (name) => {
        started.push(name);
        return { report: () => {}, complete: () => {}, fail: () => {}, suspend: () => {} };
      },
    },
  });
  trainer.start();
  return trainer;
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
};

it("searches only when the lists of the cycle before are made, and waits for half the time to the next at most", async () => {
  const asked = Promise.withResolvers<{ listsVersion: number; timeLimitMs: number }>();
  const made = Promise.withResolvers<void>();
  const running = await start({
    made: (listsVersion, { timeLimitMs }) => {
      asked.resolve({ listsVersion, timeLimitMs });
      return made.promise;
    },
  });
  expect(await asked.promise).toEqual({ listsVersion: 1, timeLimitMs: HOUR_MS / 2 });
  expect(started).not.toContain(SEARCH);
  made.resolve();
  await until(() => running.state.searches.collaborative !== undefined);
  expect(started).toContain(SEARCH);
});

it("starts a cycle that is asked for while it waits for lists", async () => {
  const waits: AbortSignal[] = [];
  const running = await start({
    made: (_, { signal }) => {
      if (signal !== undefined) waits.push(signal);
      return new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    },
  });
  await until(() => waits.length === 1);
  running.trigger();
  await until(() => running.state.listsVersion === 2 && waits.length === 2);
  expect(waits[0]?.aborted).toBe(true);
  expect(started).not.toContain(SEARCH);
});
