import { expect, it } from "vitest";
import { pipelineOptions, restOptions, storeOptions, trainingOptions } from "./library-options.ts";
import { loadConfig } from "./load.ts";

const options = (text: string) => pipelineOptions(loadConfig({ text }).config);

it("leaves stages that are off out of the pipeline", () => {
  expect(options("")).toMatchObject({ external: [], replacement: undefined, explore: [], diversity: undefined });
  expect(options("[recommend.replacement]\npositive_replacement_decay = 0.5").replacement).toBeUndefined();
});

it("hands stages that are on to the pipeline in its units", () => {
  const text = `
[[recommend.external]]
name = "mine"
script = "[]"
memory_limit_mib = 32
[recommend.replacement]
enable_replacement = true
[[recommend.explore]]
recommender = "external/mine"
[recommend.diversity]
strength = 0.25`;
  expect(options(text)).toMatchObject({
    external: [{ name: "mine", script: "[]", allowedHosts: [], timeLimitMs: 5000, memoryLimitBytes: 32 * 1024 * 1024 }],
    replacement: { positiveDecay: 0.8, readDecay: 0.6 },
    explore: [{ recommender: "external/mine", probability: 0.1 }],
    diversity: { strength: 0.25 },
  });
});

it("hands the pools of the databases to the stores, and what browsers may do to the API", () => {
  const { config } = loadConfig({
    text: `
[database]
cache_client_name = "us"
[database.mysql]
isolation_level = "SERIALIZABLE"
max_open_conns = 20
max_idle_conns = 5
conn_max_lifetime = "1h"
[master]
http_cors_methods = []`,
  });
  expect(storeOptions(config)).toEqual({
    mysql: { maxConnections: 20, maxIdleConnections: 5, maxLifetimeMs: 3_600_000, isolationLevel: "SERIALIZABLE" },
    postgres: { maxConnections: undefined, maxIdleConnections: 0, maxLifetimeMs: 60_000 },
    clientName: "us",
  });
  expect(restOptions(config)).toMatchObject({ corsDomains: [".*"], corsMethods: undefined });
});

it("hands the columns of item search to training, and to the API whether there are any", () => {
  const columns = ["item.ItemId", "item.Categories", "item.Comment", "item.Labels", "item.Labels.cast.lead"];
  const { config } = loadConfig({ text: `[recommend.search]\ncolumns = ${JSON.stringify(columns)}` });
  expect(trainingOptions(config).searchColumns).toEqual(["itemId", "categories", "comment", "labels", "labels.cast.lead"]);
  expect(restOptions(config).itemSearch).toBe(true);
  const none = loadConfig({ text: "" }).config;
  expect(trainingOptions(none).searchColumns).toEqual([]);
  expect(restOptions(none).itemSearch).toBe(false);
});

it("hands the version that clients speak and the quotas to the API", () => {
  const { config } = loadConfig({
    text: `
[server]
compatibility = "v0.4"
[quota]
max_users_count = 1
max_items_count = 2
max_labels_size = 3
max_comment_size = 4
max_categories_count = 5
max_categories_size = 6`,
    env: { GORSE_QUOTA_MAX_USERS_COUNT: "10" },
  });
  expect(restOptions(config)).toMatchObject({
    compatibility: "v0.4",
    quota: { maxUsers: 10, maxItems: 2, maxLabelsBytes: 3, maxCommentBytes: 4, maxCategories: 5, maxCategoryBytes: 6 },
  });
  expect(restOptions(loadConfig({ text: "" }).config)).toMatchObject({ compatibility: "v0.5", quota: { maxUsers: 0 } });
});

it("hands the weights of recommenders on by name, and when to search for better ones", () => {
  const fusion = `
[[recommend.item-to-item]]
name = "linear"
type = "linear"
[recommend.ranker]
type = "fusion"
recommenders = ["latest", "item-to-item/linear"]
optimize_period = "24h"
optimize_trials = 5
`;
  expect(options(fusion).ranker).toEqual({ type: "fusion", weights: {}, isTuned: true });
  expect(options(fusion.replace("24h", "0s")).ranker).toMatchObject({ isTuned: false });
  expect(options(fusion).itemToItem).toEqual([{ name: "linear", type: "linear", column: "" }]);
  const weighted = { type: "fusion", isTuned: true, weights: { latest: 0.25, "item-to-item/linear": 1 } };
  expect(options(`${fusion}weights = [0.25, 1]`).ranker).toEqual(weighted);
  const search = { periodMs: 24 * 3_600_000, trials: 5 };
  expect(trainingOptions(loadConfig({ text: fusion }).config).fusion).toMatchObject({ search });
});

it("hands the ranker and its training on", () => {
  expect(options("").ranker).toBeUndefined();
  const text = `
[recommend.ranker]
type = "fm"
fit_period = "2h"
fit_epoch = 7
optimize_period = "3h"
optimize_trials = 4
[recommend.ranker.early_stopping]
patience = 5`;
  expect(options(text).ranker).toEqual({ type: "fm" });
  const { collaborative, click } = trainingOptions(loadConfig({ text }).config);
  const HOUR_MS = 3_600_000;
  expect(click).toEqual({ fitPeriodMs: 2 * HOUR_MS, numEpochs: 7, patience: 5, search: { periodMs: 3 * HOUR_MS, trials: 4 } });
  expect(collaborative).toEqual({ fitPeriodMs: HOUR_MS, numEpochs: 100, patience: 10, search: undefined });
});

it("hands the bounds of requests to the API, and refuses a usual length above the longest", () => {
  const text = "[server]\ndefault_n = 20\nmax_n = 50\nmax_body_mib = 2";
  expect(restOptions(loadConfig({ text }).config)).toMatchObject({
    ...{ defaultLimit: 20, maxLimit: 50, maxBodyBytes: 2 * 1024 * 1024 },
  });
  expect(restOptions(loadConfig({ text: "" }).config)).toMatchObject({ maxLimit: 10_000, maxBodyBytes: 64 * 1024 * 1024 });
  expect(() => loadConfig({ text: "[server]\nmax_n = 5" })).toThrow(
    "server.max_n: max_n must be at least default_n, which is 10 (line 2)",
  );
});

it("hands factor models beside the main one to the pipeline, and without any is as it was before there could be", () => {
  const text = `
[recommend.collaborative]
type = "mf"
[[recommend.collaborative.ensemble]]
name = "debiased"
type = "als"
factors = 128
debiasing = 0.3
[[recommend.collaborative.ensemble]]
name = "bpr"
type = "bpr"
[recommend.ranker]
recommenders = ["collaborative", "collaborative/debiased", "collaborative/bpr"]`;
  expect(options(text).ensemble).toEqual([
    { name: "debiased", type: "als", numFactors: 128, debiasing: 0.3 },
    { name: "bpr", type: "bpr", numFactors: 64, debiasing: 0 },
  ]);
  expect(options("[recommend.collaborative]\ntype = 'mf'").ensemble).toBeUndefined();
});
