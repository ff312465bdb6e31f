import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Feedback, type Item, systemClock, type User } from "@furze/core";
import { readMovieLens } from "@furze/dataset/readers";
import { ListMaker, ModelSet, Pipeline, type PipelineOptions } from "@furze/recommend";
import type { BlobStore, CacheStore, DataStore } from "@furze/storage";
import { openBlobStore } from "@furze/storage-blob";
import { openSqliteCacheStore, openSqliteDataStore } from "@furze/storage-sql";
import { INITIAL_STATE, runCycle } from "@furze/training";
import { type BenchResult, lapTimer, medians } from "../harness.ts";

const ML_100K = new URL("../../../shared/data/movielens-100k/", import.meta.url);
const ML_SMALL = new URL("../../examples/movielens-small/", import.meta.url);
const DAY_MS = 86_400_000;

const options: PipelineOptions = {
  roles: {
    positive: [{ feedbackType: "rating", operator: ">=", bound: 4 }],
    negative: [],
    read: [{ feedbackType: "rating" }],
  },
  cacheSize: 100,
  contextSize: 100,
  listTtlMs: 3 * DAY_MS,
  refreshMs: 5 * DAY_MS,
  itemTtlMs: undefined,
  feedbackTtlMs: undefined,
  activeUserTtlMs: undefined,
  clockErrorMs: 5000,
  leaderboards: [{ name: "popular", score: "len(feedback)", filter: "" }],
  itemToItem: [{ name: "similar", type: "users", column: "" }],
  userToUser: [{ name: "taste", type: "items", column: "" }],
  collaborative: true,
  recommenders: ["collaborative", "item-to-item/similar", "user-to-user/taste", "non-personalized/popular", "latest"],
  fallback: [],
};

/**
 * From stored feedback to a list for every user, on SQLite, in one process: the training cycle, then the lists. First with lists as
 * they are merged, then ranked by a factorization machine, which is fitted too.
 */
export async function* run(): AsyncIterable<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), "furze-cycle-"));
  const dataStore = await openSqliteDataStore({ path: join(folder, "data.sqlite") });
  const cacheStore = await openSqliteCacheStore({ path: join(folder, "cache.sqlite") });
  const blobStore = openBlobStore(join(folder, "models"));
  try {
    await Promise.all([dataStore.migrate(), cacheStore.migrate()]);
    const data = existsSync(ML_100K) ? await loadMovieLens100K(dataStore) : await loadMovieLensSmall(dataStore);
    const stores = { dataStore, cacheStore, blobStore };
    yield* cycles(stores, options, { data, ranker: "none" });
    yield* cycles(stores, { ...options, ranker: { type: "fm" } }, { data, ranker: "fm" });
  } finally {
    await Promise.all([dataStore.close(), cacheStore.close()]);
    rmSync(folder, { recursive: true });
  }
}

interface Stores {
  readonly dataStore: DataStore;
  readonly cacheStore: CacheStore;
  readonly blobStore: BlobStore;
}

async function* cycles(
  stores: Stores,
  pipelineOptions: PipelineOptions,
  params: Readonly<Record<string, string>>,
): AsyncIterable<BenchResult> {
  const { dataStore, cacheStore, blobStore } = stores;
  const models = new ModelSet();
  const clock = systemClock;
  const training = { jobs: 2, collaborative: { fitPeriodMs: DAY_MS, numEpochs: 100, patience: 10 } };
  const task = {
    report: () => {},
    complete: () => {},
    fail: (error: unknown) => void console.error(error),
    suspend: () => {},
  };
  const reporter = { declare: () => {}, start: () => task };
  const pipeline = new Pipeline(pipelineOptions, { dataStore, cacheStore, clock, models });
  const maker = new ListMaker({ pipeline, users: dataStore.users, cacheStore, clock });
  const laps = [];
  const passes = [];
  let quality = {};
  for (let repetition = 0; repetition < 3; repetition++) {
    const lap = lapTimer();
    const { state } = await runCycle({
      ...{ ...stores, reporter, clock, training },
      pipeline: pipelineOptions,
      state: INITIAL_STATE,
      isForced: true,
    });
    laps.push(lap());
    await models.update(state.models, ({ blobName }) => readBlob(blobStore, blobName));
    lap();
    const { made } = await maker.makeLists();
    passes.push(lap());
    const scoreOf = (kind: string): number => state.models.find((model) => model.kind === kind)?.score ?? 0;
    quality = { validationNdcg10: scoreOf("collaborative"), validationAuc: scoreOf("click"), made };
  }
  yield { params: { ...params, stage: "train" }, ...medians(laps), quality };
  yield { params: { ...params, stage: "recommend" }, ...medians(passes), quality };
  models.dispose();
}

async function loadMovieLens100K(store: DataStore): Promise<string> {
  const rows = (file: string): string[][] =>
    readFileSync(new URL(file, ML_100K), "utf8")
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split("\t"));
  await store.users.upsert(
    rows("ml-100k.user").map(
      ([userId = "", , gender = "", occupation = ""]): User => ({ userId, labels: { gender, occupation }, comment: "" }),
    ),
  );
  await store.items.upsert(
    rows("ml-100k.item").map(([itemId = "", title = "", year = "", genres = ""]): Item => {
      const categories = genres.split(" ");
      return {
        itemId,
        isHidden: false,
        categories,
        timestampMs: Date.UTC(Number(year) || 1970),
        labels: { genres: categories },
        comment: title,
      };
    }),
  );
  const feedback = rows("ml-100k.inter").map(([userId = "", itemId = "", rating, timestamp]): Feedback => {
    const timestampMs = Number(timestamp) * 1000;
    return { feedbackType: "rating", userId, itemId, value: Number(rating), timestampMs, updatedMs: timestampMs, comment: "" };
  });
  await store.feedback.upsert(feedback, { mode: "overwrite" });
  return "movielens-100k";
}

async function loadMovieLensSmall(store: DataStore): Promise<string> {
  const { users, items, feedback } = readMovieLens(fileURLToPath(ML_SMALL));
  for await (const batch of users) await store.users.upsert(batch);
  for await (const batch of items) await store.items.upsert(batch);
  for await (const batch of feedback) await store.feedback.upsert(batch, { mode: "overwrite" });
  return "movielens-small";
}

async function readBlob(store: BlobStore, name: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.get(name)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
