import { FurzeError, parseDuration } from "@furze/core";
import { isTable } from "../paths.ts";
import type { Rewriter } from "./rewriter.ts";

const HOUR_MS = 3_600_000;
const POPULAR = "popular";
const NEIGHBORS = "neighbors";

const RENAMED: readonly (readonly [from: string, to: string])[] = [
  ["recommend.collaborative.model_fit_period", "recommend.collaborative.fit_period"],
  ["recommend.collaborative.model_search_period", "recommend.collaborative.optimize_period"],
  ["recommend.collaborative.model_search_trials", "recommend.collaborative.optimize_trials"],
  ["recommend.offline.refresh_recommend_period", "recommend.ranker.cache_expire"],
  ["recommend.offline.check_recommend_period", "worker.interval"],
  ["recommend.online.num_feedback_fallback_item_based", "recommend.context_size"],
];

/** Tables that v0.5 has not. */
const TABLES: readonly string[] = ["popular", "user_neighbors", "item_neighbors", "offline", "online"].map(
  (table) => `recommend.${table}`,
);

/** Those, and keys of v0.4 in a table that v0.5 has too. */
const SIGNS: readonly string[] = [
  ...TABLES,
  ...["model_fit_period", "model_search_period", "model_search_epoch", "model_search_trials", "enable_model_size_search"].map(
    (key) => `recommend.collaborative.${key}`,
  ),
  ...["enable_index", "index_recall", "index_fit_epoch"].map((key) => `recommend.collaborative.${key}`),
];

/** Sources of candidates by the names of `recommend.offline`, the best first: v0.4 mixed them at random. */
const OFFLINE_SOURCES: readonly (readonly [key: string, recommender: string, isOnByDefault: boolean])[] = [
  ["enable_collaborative_recommend", "collaborative", true],
  ["enable_item_based_recommend", `item-to-item/${NEIGHBORS}`, false],
  ["enable_user_based_recommend", `user-to-user/${NEIGHBORS}`, false],
  ["enable_popular_recommend", `non-personalized/${POPULAR}`, false],
  ["enable_latest_recommend", "latest", false],
];

const RECOMMENDERS: ReadonlyMap<string, string> = new Map([
  ["item_based", `item-to-item/${NEIGHBORS}`],
  ["user_based", `user-to-user/${NEIGHBORS}`],
  ["collaborative", "collaborative"],
  ["popular", `non-personalized/${POPULAR}`],
  ["latest", "latest"],
]);

/** What says that a file was written for Gorse v0.4. */
export function isVersion04(rewriter: Rewriter): boolean {
  return SIGNS.some((path) => rewriter.has(path));
}

/**
 * Turns the `recommend` tables of Gorse v0.4 into today's. What v0.4 did without being told stays: it always kept a list of popular
 * items and neighbors of users and items, and trained a factor model, with a search for better parameters, unless it was switched off.
 */
export function translateV04(rewriter: Rewriter): void {
  popular(rewriter);
  neighbors(rewriter, { from: "recommend.item_neighbors", to: "recommend.item-to-item", related: "users" });
  neighbors(rewriter, { from: "recommend.user_neighbors", to: "recommend.user-to-user", related: "items" });
  sources(rewriter);
  ranking(rewriter);
  explore(rewriter);
  for (const [from, to] of RENAMED) rewriter.move(from, to);
  rewriter.give("recommend.collaborative.optimize_period", "180m", "recommend.collaborative.model_search_period");
  for (const table of TABLES) {
    const rest = rewriter.get(table);
    if (isTable(rest) && Object.keys(rest).length === 0) rewriter.take(table);
  }
}

/** Old and new name of keys that have no other meaning today. */
export function renamedPaths(): readonly (readonly [from: string, to: string])[] {
  return RENAMED;
}

/** Dotted names of the keys that v0.4 has and v0.5 has not. */
export function version04Paths(): readonly string[] {
  return [
    ...["recommend.popular.popular_window", "recommend.item_neighbors.neighbor_type", "recommend.user_neighbors.neighbor_type"],
    ...["recommend.online.fallback_recommend", "recommend.offline.enable_click_through_prediction"],
    ...["recommend.offline.explore_recommend", ...OFFLINE_SOURCES.map(([key]) => `recommend.offline.${key}`)],
    ...RENAMED.map(([from]) => from),
  ];
}

function popular(rewriter: Rewriter): void {
  const path = "recommend.popular.popular_window";
  const window = rewriter.take(path);
  const windowMs = window === undefined ? 180 * 24 * HOUR_MS : durationMs(rewriter, path, window);
  const hours = windowMs / HOUR_MS;
  const score = hours === 0 ? "len(feedback)" : `count(feedback, (now() - .Timestamp).Hours() < ${hours})`;
  rewriter.addTable("recommend.non-personalized", { name: POPULAR, score }, path);
  if (window !== undefined) rewriter.note(path, `is now [[recommend.non-personalized]] "${POPULAR}" with the score ${score}`);
}

function durationMs(rewriter: Rewriter, path: string, value: unknown): number {
  try {
    const ms = typeof value === "number" ? value / 1e6 : parseDuration(String(value));
    if (ms >= 0) return ms;
    rewriter.problem(path, "popular_window must be 0 or greater");
  } catch (error) {
    rewriter.problem(path, FurzeError.is(error) ? error.message : String(error));
  }
  return 0;
}

function neighbors(rewriter: Rewriter, tables: { readonly from: string; readonly to: string; readonly related: string }): void {
  const { from, to, related } = tables;
  const path = `${from}.neighbor_type`;
  const given = rewriter.take(path);
  const types = new Map([
    ["similar", "tags"],
    ["related", related],
    ["auto", "auto"],
    ["", "auto"],
  ]);
  const type = types.get(String(given ?? ""));
  if (type === undefined) rewriter.problem(path, "neighbor_type must be one of [auto similar related]");
  rewriter.addTable(to, { name: NEIGHBORS, type: type ?? "auto" }, path);
  if (given !== undefined) rewriter.note(path, `is now [[${to}]] "${NEIGHBORS}" of type ${type ?? "auto"}`);
}

function sources(rewriter: Rewriter): void {
  const fallback = fallbacks(rewriter);
  const enabled = OFFLINE_SOURCES.filter(([key, , isOnByDefault]) => {
    const value = rewriter.take(`recommend.offline.${key}`);
    return value === undefined ? isOnByDefault : isOn(rewriter, `recommend.offline.${key}`, value);
  }).map(([, recommender]) => recommender);
  // With every source off v0.4 answered from the fallbacks alone.
  const recommenders = enabled.length > 0 ? enabled : fallback;
  const target = "recommend.ranker.recommenders";
  if (rewriter.give(target, recommenders, "recommend.offline")) {
    rewriter.note("recommend.offline", `its sources are now ${target} = ${JSON.stringify(recommenders)}, in this order`);
  }
  if ([...recommenders, ...fallback].includes("collaborative")) rewriter.give("recommend.collaborative.type", "mf", target);
}

function fallbacks(rewriter: Rewriter): readonly string[] {
  const path = "recommend.online.fallback_recommend";
  const given = rewriter.take(path);
  const names = given === undefined ? ["latest"] : [given].flat().map(String);
  const recommenders = names.map((name) => recommenderOf(rewriter, path, name));
  const target = "recommend.fallback.recommenders";
  const isTaken = rewriter.give(target, recommenders, path);
  if (given !== undefined && isTaken) rewriter.note(path, `is now ${target} = ${JSON.stringify(recommenders)}`);
  return recommenders;
}

function recommenderOf(rewriter: Rewriter, path: string, name: string): string {
  const recommender = RECOMMENDERS.get(name);
  if (recommender !== undefined) return recommender;
  rewriter.problem(path, `recommender ${name} doesn't exist, v0.4 had ${[...RECOMMENDERS.keys()].join(", ")}`);
  return "latest";
}

function ranking(rewriter: Rewriter): void {
  const path = "recommend.offline.enable_click_through_prediction";
  const value = rewriter.take(path);
  if (value === undefined || !isOn(rewriter, path, value)) return;
  if (rewriter.give("recommend.ranker.type", "fm", path)) rewriter.note(path, 'is now recommend.ranker.type = "fm"');
}

function explore(rewriter: Rewriter): void {
  const path = "recommend.offline.explore_recommend";
  const value = rewriter.take(path);
  if (value === undefined) return;
  if (!isTable(value)) {
    rewriter.problem(path, "explore_recommend must be a table such as { popular = 0.1, latest = 0.2 }");
    return;
  }
  const tables = Object.entries(value)
    .filter(([, probability]) => probability !== 0)
    .map(([name, probability]) => ({ recommender: recommenderOf(rewriter, path, name), probability }));
  if (tables.length > 0 && rewriter.give("recommend.explore", tables, path))
    rewriter.note(path, "is now [[recommend.explore]]");
}

function isOn(rewriter: Rewriter, path: string, value: unknown): boolean {
  const text = String(value).toLowerCase();
  if (!["true", "false", "1", "0"].includes(text)) rewriter.problem(path, "must be true or false");
  return text === "true" || text === "1";
}
