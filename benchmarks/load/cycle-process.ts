// A process of its own for one training cycle, so that its peak memory is that of a master: node cycle-process.ts '{"data": ...}'
// Prints one JSON line for each task, in the order in which they end.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@furze/core";
import { openBlobStore } from "@furze/storage-blob";
import { openCacheStore, openDataStore } from "@furze/stores";
import { limitHeapGrowth } from "@furze/telemetry";
import { INITIAL_STATE, runCycle } from "@furze/training";
import { lapTimer, medians } from "../harness.ts";
import type { CycleOrder } from "./run-cycle-process.ts";

limitHeapGrowth();
const DAY_MS = 86_400_000;
const order = JSON.parse(process.argv[2] ?? "") as CycleOrder;
const folder = mkdtempSync(join(tmpdir(), "furze-load-"));
const dataStore = await openDataStore(order.data, { tablePrefix: order.tablePrefix });
const cacheStore = await openCacheStore(order.cache, { tablePrefix: order.tablePrefix });
const clock = systemClock;

const reporter = {
  declare: () => {},
  start: (task: string) => {
    const lap = lapTimer();
    const end = (error?: unknown): void => {
      if (error !== undefined) throw error;
      process.stdout.write(`${JSON.stringify({ task, ...medians([lap()]) })}\n`);
    };
    return { report: () => {}, complete: () => end(), fail: end, suspend: () => {} };
  },
};

try {
  await cacheStore.migrate();
  const { summary } = await runCycle({
    dataStore,
    cacheStore,
    blobStore: await openBlobStore(join(folder, "models")),
    pipeline: {
      roles: { positive: [{ feedbackType: "click" }], negative: [], read: [] },
      ...{ cacheSize: 100, contextSize: 100, listTtlMs: 3 * DAY_MS, refreshMs: 3 * DAY_MS, clockErrorMs: 5000 },
      ...{ itemTtlMs: undefined, feedbackTtlMs: undefined, activeUserTtlMs: undefined },
      ...{ leaderboards: [], recommenders: ["latest"], fallback: [] },
      itemToItem: order.itemNeighbors === undefined ? [] : [{ name: "bench", type: order.itemNeighbors, column: "" }],
      userToUser: order.userNeighbors === undefined ? [] : [{ name: "bench", type: order.userNeighbors, column: "" }],
      collaborative: order.collaborative,
    },
    // One after another, so that each task's time is its own.
    training: { jobs: 1, collaborative: { fitPeriodMs: DAY_MS, numEpochs: 100, patience: 10 } },
    ...{ reporter, clock, state: INITIAL_STATE, isForced: true },
  });
  process.stdout.write(`${JSON.stringify({ summary })}\n`);
} finally {
  await Promise.all([dataStore.close(), cacheStore.close()]);
  rmSync(folder, { recursive: true });
}
