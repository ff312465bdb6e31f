import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Feedback } from "@furze/core";
import type { CacheStore, DataStore, ListPut } from "@furze/storage";
import { openCacheStore, openDataStore } from "@furze/stores";
import { type BenchResult, lapTimer, median, medians, repeat } from "../harness.ts";
import { redisUsageOf } from "../redis-usage.ts";
import { bareLoad } from "../rest/interleaved-load.ts";
import { type BareRoute, startBareRoute } from "../rest/start-bare-route.ts";
import { withService } from "../services.ts";

const NUM_ROWS = 100_000;
const ROWS_PER_CALL = 10_000;
const NUM_USERS = 5_000;
const NUM_ITEMS = 20_000;
const NUM_LISTS = 1_000;
const LIST_LENGTH = 100;
const REPETITIONS = 5;
/** Of the bare route, before each repetition. */
const BARE_SECONDS = 1;
const BARE_CONNECTIONS = 16;
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 1);

/**
 * Bulk writes and scans of each data store, and lists of each cache store, on throwaway servers on this machine. Bulk writes are in turns with
 * load of a bare route, whose requests per second tell what the machine gives in that minute.
 */
export async function* run(): AsyncIterable<BenchResult> {
  using bare = await startBareRoute();
  const folder = mkdtempSync(join(tmpdir(), "furze-stores-"));
  const file = (name: string) => `sqlite://${join(folder, name)}`;
  try {
    yield* dataRows("sqlite", file("data.sqlite"), 1_000_000, bare);
    yield* cacheRows("sqlite", file("cache.sqlite"));
  } finally {
    rmSync(folder, { recursive: true });
  }
  for (const name of ["postgres", "mariadb", "mongo", "clickhouse"]) {
    yield* withService(name, (url) => dataRows(name, url, NUM_ROWS, bare));
  }
  for (const name of ["redis", "postgres", "mariadb", "mongo"]) yield* withService(name, (url) => cacheRows(name, url));
}

/** Calls follow each other, from each of so many writers. */
async function write(data: DataStore, batches: readonly Feedback[][], numWriters: number): Promise<void> {
  const left = batches.values();
  const work = async (): Promise<void> => {
    for (const batch of left) await data.feedback.upsert(batch, { mode: "sum" });
  };
  await Promise.all(Array.from({ length: numWriters }, work));
}

async function* dataRows(store: string, uri: string, numScanned: number, bare: BareRoute): AsyncIterable<BenchResult> {
  const data = await openDataStore(uri);
  try {
    await data.migrate();
    for (const writers of [1, 4]) {
      const samples = [];
      const perBareRequest = [];
      for (let repetition = 0; repetition < REPETITIONS; repetition++) {
        await data.purge();
        const { requestsPerSecond } = await bareLoad(bare.url, BARE_CONNECTIONS, BARE_SECONDS);
        const batches = Array.from({ length: NUM_ROWS / ROWS_PER_CALL }, (_, batch) => feedback(batch));
        const lap = lapTimer();
        await write(data, batches, writers);
        const sample = lap();
        samples.push(sample);
        perBareRequest.push(NUM_ROWS / sample.seconds / requestsPerSecond);
      }
      const written = medians(samples);
      const quality = {
        rowsPerSecond: Math.round(NUM_ROWS / written.seconds),
        bestRowsPerSecond: Math.round(NUM_ROWS / Math.min(...samples.map(({ seconds }) => seconds))),
        rowsPerBareRequest: median(perBareRequest),
      };
      yield { params: { store, work: `upsert ${NUM_ROWS} feedback`, writers }, ...written, quality };
    }
    for (let batch = NUM_ROWS / ROWS_PER_CALL; batch < numScanned / ROWS_PER_CALL; batch++) {
      await data.feedback.upsert(feedback(batch), { mode: "sum" });
    }
    const scanned = await repeat(3, () => scan(data, numScanned));
    const rowsPerSecond = Math.round(numScanned / scanned.seconds);
    yield { params: { store, work: `scan ${numScanned} feedback` }, ...scanned, quality: { rowsPerSecond } };
  } finally {
    await data.close();
  }
}

async function scan(data: DataStore, expected: number): Promise<void> {
  let count = 0;
  for await (const batch of data.feedback.scan({ order: "user" })) count += batch.length;
  if (count !== expected) throw new Error(`the scan gave ${count} of ${expected} rows`);
}

/** Rows that no other batch has: the pair differs, users and items come again and again. */
function feedback(batch: number): Feedback[] {
  return Array.from({ length: ROWS_PER_CALL }, (_, place) => {
    const row = batch * ROWS_PER_CALL + place;
    const userId = `user-${(row * 7919) % NUM_USERS}`;
    const itemId = `item-${(Math.floor(row / NUM_USERS) * 97 + row * 31) % NUM_ITEMS}`;
    const timestampMs = START_MS + row;
    // The type tells pairs apart that the arithmetic makes twice.
    return {
      feedbackType: `type-${row % 8}`,
      userId,
      itemId,
      value: 1,
      timestampMs,
      updatedMs: timestampMs,
      comment: `${row}`,
    };
  });
}

async function* cacheRows(store: string, uri: string): AsyncIterable<BenchResult> {
  const cache = await openCacheStore(uri);
  try {
    await cache.migrate();
    const before = await redisUsageOf(uri);
    const lists = Array.from({ length: NUM_LISTS }, (_, user) => list(`user-${user}`));
    const put = await repeat(5, () => cache.putLists(lists));
    const used = await redisUsageOf(uri);
    const gibFor1500000 =
      before === undefined || used === undefined ? {} : { gibFor1500000: gib((used.memoryBytes - before.memoryBytes) * 1500) };
    yield { params: { store, work: `put ${NUM_LISTS} lists of ${LIST_LENGTH}` }, ...put, quality: gibFor1500000 };
    const get = await repeat(5, () => getEach(cache));
    const msPerList = (get.seconds / NUM_LISTS) * 1000;
    yield { params: { store, work: `get ${NUM_LISTS} lists, one by one` }, ...get, quality: { msPerList } };
  } finally {
    await cache.close();
  }
}

async function getEach(cache: CacheStore): Promise<void> {
  for (let user = 0; user < NUM_LISTS; user++) {
    const { lists } = await cache.getLists([{ collection: "recommend", name: `user-${user}` }]);
    if (lists[0]?.entries.length !== LIST_LENGTH) throw new Error(`the list of user-${user} is gone`);
  }
}

function list(name: string): ListPut {
  const entries = Array.from({ length: LIST_LENGTH }, (_, rank) => ({
    id: `item-${(rank * 7907 + name.length * 31) % NUM_ITEMS}`,
    score: 1 / (rank + 1),
    categories: [`category-${rank % 5}`],
    sources: ["collaborative"],
  }));
  const updatedMs = Date.now();
  const ranked = { entries, updatedMs, digest: "0f1e2d3c4b5a6978/1a2b3c4d", modelId: String(updatedMs) };
  return { collection: "recommend", name, list: ranked, expiresMs: updatedMs + DAY_MS };
}

function gib(bytes: number): number {
  return bytes / 2 ** 30;
}
