import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, parseFeedbackExpression, systemClock } from "@furze/core";
import { ItemEditor, Pipeline, type PipelineOptions, Recommender } from "@furze/recommend";
import { openSqliteCacheStore, openSqliteDataStore } from "@furze/storage-sql";
import type { RestApiDependencies, RestApiOptions } from "../src/index.ts";

const DAY_MS = 86_400_000;

/** Something of every kind, so that no route answers that it is not enabled. */
export const PIPELINE: PipelineOptions = {
  roles: { positive: [parseFeedbackExpression("rating>=4")], negative: [], read: [] },
  cacheSize: 100,
  contextSize: 100,
  listTtlMs: 3 * DAY_MS,
  refreshMs: DAY_MS,
  itemTtlMs: undefined,
  feedbackTtlMs: undefined,
  activeUserTtlMs: undefined,
  clockErrorMs: 0,
  leaderboards: [{ name: "popular", score: "len(feedback)", filter: "" }],
  itemToItem: [
    { name: "neighbors", type: "users", column: "" },
    { name: "tags", type: "tags", column: "" },
  ],
  userToUser: [{ name: "neighbors", type: "items", column: "" }],
  collaborative: true,
  recommenders: ["latest"],
  fallback: ["latest"],
};

export interface RealSystem extends AsyncDisposable {
  readonly dependencies: RestApiDependencies;
}

/** The real recommender over SQLite stores in a folder of their own. Nothing trains: it serves the lists that the cache holds. */
export async function openRealSystem(options: RestApiOptions = {}, clock: Clock = systemClock): Promise<RealSystem> {
  await using resources = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "furze-rest-api-"));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  const dataStore = await openSqliteDataStore({ path: join(folder, "data.db") });
  resources.defer(() => dataStore.close());
  const cacheStore = await openSqliteCacheStore({ path: join(folder, "cache.db"), clock });
  resources.defer(() => cacheStore.close());
  await Promise.all([dataStore.migrate(), cacheStore.migrate()]);
  const pipeline = new Pipeline(PIPELINE, { dataStore, cacheStore, clock });
  resources.defer(() => pipeline.close());
  const recommender = new Recommender({ pipeline, dataStore, cacheStore, clock, canPropose: () => false });
  const itemEditor = new ItemEditor({ dataStore, cacheStore, clock, listTtlMs: PIPELINE.listTtlMs });
  const owned = resources.move();
  return {
    dependencies: { dataStore, cacheStore, recommender, itemEditor, options, clock },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
