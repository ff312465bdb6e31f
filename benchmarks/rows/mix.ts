import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Feedback, systemClock } from "@furze/core";
import type { UserItemMatrix } from "@furze/dataset";
import { evaluateRanking } from "@furze/metrics";
import { ModelSet, Pipeline, type PipelineOptions } from "@furze/recommend";
import type { BlobStore, DataStore } from "@furze/storage";
import { openBlobStore } from "@furze/storage-blob";
import { openSqliteCacheStore, openSqliteDataStore } from "@furze/storage-sql";
import { type FactorParameters, INITIAL_STATE, runCycle, runSearch, type SearchRunOptions } from "@furze/training";
import { movieLens1M } from "../data.ts";
import { type BenchResult, lapTimer, medians } from "../harness.ts";

const DAY_MS = 86_400_000;
const K = 20;
const BATCH_USERS = 512;
const BATCH_ROWS = 20_000;

/** What the row automl finds for the factor model; a second search for it here would only repeat that row. */
const FACTORS: FactorParameters = {
  kind: "als",
  numFactors: 256,
  numEpochs: 12,
  alpha: 0.3,
  regularization: 0.0075,
  regularizationExponent: 1,
};

const pipeline: PipelineOptions = {
  roles: { positive: [{ feedbackType: "star" }], negative: [], read: [] },
  cacheSize: 100,
  contextSize: 100,
  listTtlMs: 3 * DAY_MS,
  refreshMs: 5 * DAY_MS,
  itemTtlMs: undefined,
  feedbackTtlMs: undefined,
  activeUserTtlMs: undefined,
  clockErrorMs: 5000,
  leaderboards: [{ name: "popular", score: "len(feedback)", filter: "" }],
  itemToItem: [
    { name: "linear", type: "linear", column: "" },
    { name: "similar", type: "users", column: "" },
  ],
  userToUser: [{ name: "taste", type: "items", column: "" }],
  collaborative: true,
  ensemble: [
    { name: "debiased", type: "als", numFactors: 256, debiasing: 0.3 },
    { name: "bpr", type: "bpr", numFactors: 128 },
  ],
  recommenders: [
    "collaborative",
    "collaborative/debiased",
    "collaborative/bpr",
    "item-to-item/linear",
    "item-to-item/similar",
    "user-to-user/taste",
    "non-personalized/popular",
  ],
  ranker: { type: "fusion" },
  fallback: [],
};

const task = { report: () => {}, complete: () => {}, fail: (error: unknown) => void console.error(error), suspend: () => {} };
const reporter = { declare: () => {}, start: () => task };
const training = { jobs: 2, collaborative: { fitPeriodMs: DAY_MS, numEpochs: 100, patience: 10 } };

/**
 * From the training part in a store to lists of fused recommenders: the search for their weights, which holds a part of that out itself, the
 * cycle on all of it, and the ranking of the test part by each recommender, by all with the same weight, and by the mix that was found.
 * `--mixes=N` changes how many are tried: 200.
 */
export async function* run(): AsyncIterable<BenchResult> {
  const { name, train, test } = movieLens1M();
  const models = new ModelSet();
  const folder = mkdtempSync(join(tmpdir(), "furze-mix-"));
  const dataStore = await openSqliteDataStore({ path: join(folder, "data.sqlite") });
  const cacheStore = await openSqliteCacheStore({ path: join(folder, "cache.sqlite") });
  const blobStore = openBlobStore(join(folder, "models"));
  try {
    await Promise.all([dataStore.migrate(), cacheStore.migrate()]);
    await insert(dataStore, train);
    const stores = { dataStore, cacheStore, blobStore, clock: systemClock, reporter, pipeline };
    const state = { ...INITIAL_STATE, searches: { collaborative: { tuned: FACTORS, searchedMs: 0 } } };
    const mixes = Number(process.argv.find((argument) => argument.startsWith("--mixes="))?.slice(8) ?? 200);
    const search: SearchRunOptions = { ...stores, state, kind: "fusion", trials: mixes / 20, timeLimitMs: 600_000 };
    // Leaderboards are read by the search, so a cycle of its own makes them.
    const boards = { ...pipeline, itemToItem: [], userToUser: [], collaborative: false, ranker: undefined };
    const first = await runCycle({ ...stores, pipeline: boards, training, state, isForced: true });
    const lap = lapTimer();
    const found = await runSearch({ ...search, state: first.state });
    const searched = lap();
    const tuned = found.searches.fusion?.tuned;
    if (tuned === undefined) throw new Error("the search has found nothing");
    const { state: last } = await runCycle({ ...stores, training, state: found, isForced: true });
    const fitted = lap();
    await models.update(last.models, ({ blobName }) => readBlob(blobStore, blobName));
    const quality = (recommenders: readonly string[], ranker: PipelineOptions["ranker"], held?: ModelSet) =>
      qualityOf(new Pipeline({ ...pipeline, recommenders, ranker }, { ...stores, models: held ?? models }), train, test);
    for (const recommender of pipeline.recommenders) {
      yield {
        params: { data: name, mix: recommender },
        ...medians([fitted]),
        quality: await quality([recommender], undefined),
      };
    }
    const withoutFusion = new ModelSet();
    const others = last.models.filter(({ kind }) => kind !== "fusion");
    await withoutFusion.update(others, ({ blobName }) => readBlob(blobStore, blobName));
    const equal = await quality(pipeline.recommenders, pipeline.ranker, withoutFusion);
    withoutFusion.dispose();
    yield { params: { data: name, mix: "equal weights" }, ...medians([fitted]), quality: equal };
    const params = { data: name, mix: "found", mixes, ...tuned.weights };
    const mixed = await quality(pipeline.recommenders, pipeline.ranker);
    yield {
      params,
      ...medians([searched]),
      quality: { validationNdcg20: tuned.score, cycleSeconds: fitted.seconds, ...mixed },
    };
  } finally {
    models.dispose();
    await Promise.all([dataStore.close(), cacheStore.close()]);
    rmSync(folder, { recursive: true });
  }
}

async function insert({ feedback, users, items }: DataStore, matrix: UserItemMatrix): Promise<void> {
  const { numUsers, numItems, userOffsets, itemIndices } = matrix;
  await users.upsert(Array.from({ length: numUsers }, (_, user) => ({ userId: `u${user}`, labels: null, comment: "" })));
  const item = { isHidden: false, categories: [], timestampMs: 0, labels: null, comment: "" };
  await items.upsert(Array.from({ length: numItems }, (_, index) => ({ ...item, itemId: `i${index}` })));
  let rows: Feedback[] = [];
  for (let user = 0; user < numUsers; user++) {
    for (const index of itemIndices.subarray(userOffsets[user], userOffsets[user + 1])) {
      const time = { timestampMs: 1, updatedMs: 1 };
      rows.push({ feedbackType: "star", userId: `u${user}`, itemId: `i${index}`, value: 1, ...time, comment: "" });
    }
    if (rows.length < BATCH_ROWS && user < numUsers - 1) continue;
    await feedback.upsert(rows, { mode: "overwrite" });
    rows = [];
  }
}

async function qualityOf(
  pipeline: Pipeline,
  train: UserItemMatrix,
  test: UserItemMatrix,
): Promise<{ ndcg20: number; recall20: number }> {
  await pipeline.space.load();
  const recommended = new Int32Array(train.numUsers * K).fill(-1);
  for (let start = 0; start < train.numUsers; start += BATCH_USERS) {
    const users = Array.from({ length: Math.min(BATCH_USERS, train.numUsers - start) }, (_, place) => `u${start + place}`);
    const histories = await pipeline.histories.load(users);
    const lists = await pipeline.rank(
      histories.map((history) => pipeline.requestFor(history)),
      { limit: K },
    );
    for (const [place, list] of lists.entries()) {
      const items = list.map(({ index }) => Number(pipeline.space.idOf(index).slice(1)));
      recommended.set(items, (start + place) * K);
    }
  }
  const relevant = { offsets: test.userOffsets, indices: test.itemIndices };
  const { ndcg, recall } = evaluateRanking({ recommended, k: K, relevant });
  return { ndcg20: ndcg, recall20: recall };
}

async function readBlob(store: BlobStore, name: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.get(name)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
