import { describe, expect, it } from "vitest";
import { fixture, message } from "../../test/inputs.ts";
import { configKeys } from "../keys.ts";
import { loadConfig } from "../load.ts";
import { dormantPaths } from "./dormant-keys.ts";

const load = (text: string) => loadConfig({ text });
const notes = (text: string) => load(text).warnings.filter((line) => !/ listens on /.test(line));

describe("a file of Gorse v0.4", () => {
  const { config, warnings } = loadConfig({ file: fixture("gorse/v0.4.toml") });

  it("loads, with the same recommenders under new names", () => {
    const { recommend, worker } = config;
    expect(recommend.nonPersonalized).toEqual([
      { name: "popular", score: "count(feedback, (now() - .Timestamp).Hours() < 720)", filter: "" },
    ]);
    expect(recommend.itemToItem).toMatchObject([{ name: "neighbors", type: "users" }]);
    expect(recommend.userToUser).toMatchObject([{ name: "neighbors", type: "tags" }]);
    expect(recommend.ranker).toMatchObject({
      type: "none",
      recommenders: ["collaborative", "user-to-user/neighbors", "latest"],
      cacheExpireMs: 24 * 3_600_000,
    });
    expect(recommend.collaborative).toMatchObject({
      type: "mf",
      fitPeriodMs: 1_800_000,
      optimizePeriodMs: 6 * 3_600_000,
      optimizeTrials: 12,
    });
    expect(recommend.explore).toEqual([
      { recommender: "non-personalized/popular", probability: 0.1 },
      { recommender: "latest", probability: 0.2 },
    ]);
    expect(recommend.fallback.recommenders).toEqual(["item-to-item/neighbors", "latest"]);
    expect(recommend.contextSize).toBe(20);
    expect(worker.intervalMs).toBe(120_000);
  });

  it("says what became of each old key, with its line", () => {
    for (const note of [
      "recommend.offline.refresh_recommend_period: is now recommend.ranker.cache_expire (line 74)",
      'recommend.item_neighbors.neighbor_type: is now [[recommend.item-to-item]] "neighbors" of type users (line 52)',
      "recommend.item_neighbors.enable_index: has no effect, nor have index_recall, index_fit_epoch: whether and how an index is built follows from the number of rows (line 53)",
      'recommend.offline: its sources are now recommend.ranker.recommenders = ["collaborative","user-to-user/neighbors","latest"], in this order (line 72)',
      "recommend.offline.explore_recommend: is now [[recommend.explore]] (line 81)",
    ]) {
      expect(warnings).toContain(note);
    }
    expect(warnings.join("\n")).not.toMatch(/tracing|hush/);
  });

  it("has the defaults of v0.4 where it says nothing", () => {
    const { recommend } = load("[recommend.popular]\npopular_window = 0").config;
    expect(recommend.nonPersonalized[0]?.score).toBe("len(feedback)");
    expect(recommend.ranker.recommenders).toEqual(["collaborative"]);
    expect(recommend.collaborative).toMatchObject({ type: "mf", optimizePeriodMs: 3 * 3_600_000 });
    expect(recommend.fallback.recommenders).toEqual(["latest"]);
    expect(recommend.itemToItem).toMatchObject([{ name: "neighbors", type: "auto" }]);
    expect(load("[recommend.online]").config.recommend.nonPersonalized[0]?.score).toContain("< 4320)");
  });

  it("falls back on its fallbacks when every source is off, and trains no model then", () => {
    const off =
      "[recommend.offline]\nenable_collaborative_recommend = false\n[recommend.online]\nfallback_recommend = ['popular']";
    expect(load(off).config.recommend.ranker.recommenders).toEqual(["non-personalized/popular"]);
    expect(load(off).config.recommend.collaborative.type).toBe("none");
  });

  it("ranks by a factorization machine where v0.4 predicted clicks", () => {
    const { config: ranked, warnings: lines } = load("[recommend.offline]\nenable_click_through_prediction = true");
    expect(ranked.recommend.ranker.type).toBe("fm");
    expect(lines).toContain('recommend.offline.enable_click_through_prediction: is now recommend.ranker.type = "fm" (line 2)');
  });

  it("yields to keys of today", () => {
    const text = `
[recommend]
context_size = 7
[[recommend.item-to-item]]
name = "neighbors"
type = "tags"
[recommend.ranker]
recommenders = ["latest"]
[recommend.online]
num_feedback_fallback_item_based = 20`;
    const { recommend } = load(text).config;
    expect(recommend.contextSize).toBe(7);
    expect(recommend.ranker.recommenders).toEqual(["latest"]);
    expect(recommend.itemToItem).toMatchObject([{ name: "neighbors", type: "tags" }]);
    expect(notes(text)).toContain(
      "recommend.online.num_feedback_fallback_item_based: has no effect, as recommend.context_size is set too (line 10)",
    );
  });

  it("is refused under its own names and lines", () => {
    const text = `
[recommend.popular]
popular_window = "5"
[recommend.item_neighbors]
neighbor_type = "near"
[recommend.offline]
refresh_recommend_period = "0s"
enable_latest_recommend = "maybe"
enable_lates_recommend = true
explore_recommend = { popular = 2, newest = 0.1 }
[recommend.online]
fallback_recommend = ["random"]`;
    expect(message(text).split("\n")).toEqual([
      'recommend.popular.popular_window: time: missing unit in duration "5" (line 3)',
      "recommend.item_neighbors.neighbor_type: neighbor_type must be one of [auto similar related] (line 5)",
      "recommend.offline.refresh_recommend_period: cache_expire must be greater than 0 (line 7)",
      "recommend.offline.enable_latest_recommend: must be true or false (line 8)",
      "recommend.offline.enable_lates_recommend: unknown key, did you mean recommend.offline.enable_latest_recommend? (line 9)",
      expect.stringContaining("recommend.offline.explore_recommend: recommender newest doesn't exist, v0.4 had item_based"),
      "recommend.offline.explore_recommend: probability must be 1 or less (line 10)",
      "recommend.offline.explore_recommend: the probabilities must be at most 1 together (line 10)",
      expect.stringContaining("recommend.online.fallback_recommend: recommender random doesn't exist"),
    ]);
  });
});

describe("a file of Gorse v0.5", () => {
  it("loads, with a line for each key that does nothing", () => {
    const { config, warnings } = loadConfig({ file: fixture("gorse/v0.5.toml") });
    expect(config.recommend.ranker.recommenders).toHaveLength(5);
    expect(config.database.mysql.isolationLevel).toBe("READ-COMMITTED");
    expect(config.recommend.collaborative.earlyStopping.patience).toBe(10);
    expect(warnings).toContain(
      "database.mysql.isolation_level: is now READ-COMMITTED: READ-UNCOMMITTED would show writes that are not finished (line 11)",
    );
    expect(warnings).toContain(
      "database.redis.max_search_results: has no effect: a list is one value in Redis, so nothing is searched there (line 22)",
    );
    expect(warnings).toContain('the script of external/trending may ask no host: set allowed_hosts = ["example.com"]');
    expect(warnings.join("\n")).not.toMatch(/tracing|oidc|dashboard|hush/);
  });

  it("may ask for what is not there yet, and is told so", () => {
    expect(notes('[tracing]\nenable_tracing = true\nexporter = "jaeger"')).toEqual([
      "tracing.enable_tracing: has no effect yet, nor have exporter: this release has no tracing (line 2)",
    ]);
    expect(notes("[oidc]\n[tracing]\n[blob.s3]\n[database.redis]")).toEqual([]);
  });

  it("is refused for a slip in a key that does nothing", () => {
    expect(message("[tracing]\nexportr = 'otlp'")).toContain(
      "tracing.exportr: unknown key, did you mean tracing.exporter? (line 2)",
    );
  });

  it("has no key that is both used and said to have no effect", () => {
    const used = new Set(configKeys().map((key) => key.path.replaceAll("[]", "")));
    expect(dormantPaths().filter((path) => used.has(path))).toEqual([]);
  });
});
