import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDataStore } from "@furze/stores";
import type { BenchResult } from "../harness.ts";
import { fillStore, type StoreShape } from "../load/fill-store.ts";
import { type CycleOrder, runCycleProcess } from "../load/run-cycle-process.ts";
import { withService } from "../services.ts";

/** FURZE_BENCH_SCALE=0.1 makes a tenth of the users and their feedback. */
const SCALE = Number(process.env.FURZE_BENCH_SCALE ?? 1);

interface Input extends StoreShape, Omit<CycleOrder, "data" | "cache" | "tablePrefix"> {
  readonly name: string;
}

const INPUTS: readonly Input[] = [
  {
    name: "movielens-1m-like",
    ...{ numUsers: 6040, numItems: 3706, numFeedback: 1_000_209, labelsPerUser: 0, tagsPerItem: 0 },
    ...{ itemNeighbors: "users", userNeighbors: "items", collaborative: true },
  },
  {
    name: "labels",
    ...{ numUsers: 100_000, numItems: 20_000, numFeedback: 2_000_000, labelsPerUser: 20, tagsPerItem: 5 },
    ...{ itemNeighbors: "tags", userNeighbors: "tags", collaborative: false },
  },
  {
    name: "10m",
    ...{ numUsers: 1_500_000, numItems: 150_000, numFeedback: 10_000_000, labelsPerUser: 0, tagsPerItem: 0 },
    collaborative: false,
  },
];

/** Where the generated data are kept from one run to the next. */
const FOLDER = process.env.FURZE_BENCH_DIR ?? join(tmpdir(), "furze-bench-load");

/**
 * The cycle of a master over generated data in PostgreSQL, task after task, lists in Redis: above all the time and memory of loading.
 * FURZE_BENCH_INPUT chooses one of the inputs.
 */
export async function* run(): AsyncIterable<BenchResult> {
  const chosen = process.env.FURZE_BENCH_INPUT;
  for (const input of INPUTS) {
    if (chosen !== undefined && chosen !== input.name) continue;
    yield* withService("postgres", (data) => withService("redis", (cache) => measure(input, data, cache)), { keepIn: FOLDER });
  }
}

async function* measure(input: Input, data: string, cache: string): AsyncIterable<BenchResult> {
  const { name, itemNeighbors, userNeighbors, collaborative, ...full } = input;
  const scaled = (count: number): number => Math.round(count * SCALE);
  const size = { numUsers: scaled(full.numUsers), numFeedback: scaled(full.numFeedback) };
  const shape = { ...full, ...size };
  const tablePrefix = `${name.replaceAll("-", "_")}_`;
  const store = await openDataStore(data, { tablePrefix });
  try {
    await store.migrate();
    await fillStore(store, shape);
  } finally {
    await store.close();
  }
  const { tasks, summary } = await runCycleProcess({ data, cache, tablePrefix, itemNeighbors, userNeighbors, collaborative });
  for (const { task, ...sample } of tasks) yield { params: { data: name, task, ...shape }, ...sample, quality: summary };
}
