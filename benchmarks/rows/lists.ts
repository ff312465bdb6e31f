import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBlobStore } from "@furze/storage-blob";
import { openCacheStore, openDataStore } from "@furze/stores";
import type { BenchResult } from "../harness.ts";
import { rankedByFm, train } from "../lists/five-recommenders.ts";
import { runListProcess } from "../lists/run-list-process.ts";
import { fillWith, type MovieLens, movieLens, movieLens1MRecords } from "../movielens.ts";
import { withService } from "../services.ts";

/** Fewer than a master takes: how good the factors are makes no difference to the time of using them. */
const NUM_EPOCHS = 10;

interface Layout {
  readonly stores: string;
  readonly data: string;
  readonly cache: string;
  readonly serverPids: readonly number[];
}

/**
 * A worker that makes the lists of all users of MovieLens from five recommenders and a ranker, in a process of its own: with SQLite and with
 * PostgreSQL and Redis. The processor time of the servers is told apart from the worker's.
 */
export async function* run(): AsyncIterable<BenchResult> {
  for (const records of [await movieLens(), movieLens1MRecords()]) {
    const folder = mkdtempSync(join(tmpdir(), "furze-lists-"));
    const file = (name: string) => `sqlite://${join(folder, name)}`;
    try {
      yield await measure(records, { stores: "sqlite", data: file("data"), cache: file("cache"), serverPids: [] });
    } finally {
      rmSync(folder, { recursive: true });
    }
    yield* withService("postgres", (data, postgres) =>
      withService("redis", async function* (cache, redis) {
        yield await measure(records, { stores: "postgres and redis", data, cache, serverPids: [postgres, redis] });
      }),
    );
  }
}

async function measure(records: MovieLens, { stores, ...layout }: Layout): Promise<BenchResult> {
  const models = mkdtempSync(join(tmpdir(), "furze-models-"));
  try {
    const current = await prepare(records, layout, models);
    const result = await runListProcess({ ...layout, models, current });
    return { params: { data: records.name, stores, ranker: "fm" }, ...result };
  } finally {
    rmSync(models, { recursive: true });
  }
}

/** Neighbor lists, leaderboards and models of the records. */
async function prepare(records: MovieLens, { data, cache }: Omit<Layout, "stores">, models: string): ReturnType<typeof train> {
  const dataStore = await openDataStore(data);
  const cacheStore = await openCacheStore(cache);
  try {
    await Promise.all([dataStore.migrate(), cacheStore.migrate()]);
    await fillWith(records, dataStore);
    const stores = { dataStore, cacheStore, blobStore: openBlobStore(models) };
    return await train(stores, rankedByFm, NUM_EPOCHS);
  } finally {
    await Promise.all([dataStore.close(), cacheStore.close()]);
  }
}
