import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@furze/core";
import { ListMaker, ModelSet, Pipeline, type PipelineOptions } from "@furze/recommend";
import { openBlobStore } from "@furze/storage-blob";
import { openSqliteCacheStore, openSqliteDataStore } from "@furze/storage-sql";
import { type BenchResult, lapTimer, medians } from "../harness.ts";
import { fiveRecommenders, rankedByFm, readBlob, type Stores, train } from "../lists/five-recommenders.ts";
import { fillWith, movieLens } from "../movielens.ts";

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
    const records = await movieLens();
    await fillWith(records, dataStore);
    const stores = { dataStore, cacheStore, blobStore };
    const params = { data: records.name };
    yield* cycles(stores, fiveRecommenders, { ...params, ranker: "none" });
    yield* cycles(stores, rankedByFm, { ...params, ranker: "fm" });
  } finally {
    await Promise.all([dataStore.close(), cacheStore.close()]);
    rmSync(folder, { recursive: true });
  }
}

async function* cycles(
  stores: Stores,
  options: PipelineOptions,
  params: Readonly<Record<string, string>>,
): AsyncIterable<BenchResult> {
  const { dataStore, cacheStore, blobStore } = stores;
  const models = new ModelSet();
  const clock = systemClock;
  const pipeline = new Pipeline(options, { dataStore, cacheStore, clock, models });
  const maker = new ListMaker({ pipeline, users: dataStore.users, cacheStore, clock });
  const laps = [];
  const passes = [];
  let quality = {};
  for (let repetition = 0; repetition < 3; repetition++) {
    const lap = lapTimer();
    const current = await train(stores, options);
    laps.push(lap());
    await models.update(current, ({ blobName }) => readBlob(blobStore, blobName));
    lap();
    const { made } = await maker.makeLists();
    passes.push(lap());
    const scoreOf = (kind: string): number => current.find((model) => model.kind === kind)?.score ?? 0;
    quality = { validationNdcg10: scoreOf("collaborative"), validationAuc: scoreOf("click"), made };
  }
  yield { params: { ...params, stage: "train" }, ...medians(laps), quality };
  yield { params: { ...params, stage: "recommend" }, ...medians(passes), quality };
  models.dispose();
}
