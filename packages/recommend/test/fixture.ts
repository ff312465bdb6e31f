import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Feedback, type Item, ManualClock, ZERO_TIME_MS } from "@furze/core";
import type { CacheStore, DataStore, ListPut } from "@furze/storage";
import { openSqliteCacheStore, openSqliteDataStore } from "@furze/storage-sql";
import { ItemEditor } from "../src/item-editor.ts";
import { ListMaker } from "../src/list-maker.ts";
import { Pipeline, type PipelineDependencies } from "../src/pipeline.ts";
import type { PipelineOptions } from "../src/pipeline-options.ts";
import { Recommender } from "../src/recommender.ts";

export const DAY_MS = 86_400_000;
export const START_MS = 1_700_000_000_000;

export const options: PipelineOptions = {
  roles: {
    positive: [{ feedbackType: "like" }],
    negative: [{ feedbackType: "dislike" }],
    read: [{ feedbackType: "view" }],
  },
  cacheSize: 5,
  contextSize: 10,
  listTtlMs: 3 * DAY_MS,
  refreshMs: 5 * DAY_MS,
  itemTtlMs: undefined,
  feedbackTtlMs: undefined,
  activeUserTtlMs: undefined,
  clockErrorMs: 5000,
  leaderboards: [{ name: "popular", score: "len(feedback)", filter: "" }],
  itemToItem: [{ name: "similar", type: "users", column: "" }],
  userToUser: [{ name: "taste", type: "items", column: "" }],
  collaborative: false,
  recommenders: ["item-to-item/similar", "user-to-user/taste"],
  fallback: ["non-personalized/popular", "latest"],
};

export const item = (itemId: string, more: Partial<Item> = {}): Item => ({
  itemId,
  isHidden: false,
  categories: [],
  timestampMs: ZERO_TIME_MS,
  labels: null,
  comment: "",
  ...more,
});

export const like = (
  userId: string,
  itemId: string,
  feedbackType = "like",
  timestampMs: number = START_MS - DAY_MS,
): Feedback => ({
  feedbackType,
  userId,
  itemId,
  value: 1,
  timestampMs,
  updatedMs: timestampMs,
  comment: "",
});

export const list = (collection: string, name: string, ids: Record<string, number>, categories: string[] = []): ListPut => ({
  collection,
  name,
  list: {
    entries: Object.entries(ids).map(([id, score]) => ({ id, score, categories, sources: [] })),
    updatedMs: START_MS,
    digest: "",
    modelId: "",
  },
  expiresMs: START_MS + 3 * DAY_MS,
});

export const ids = (rows: readonly { itemId: string }[]): string[] => rows.map((row) => row.itemId);

export interface Stores extends AsyncDisposable {
  readonly dataStore: DataStore;
  readonly cacheStore: CacheStore;
  readonly clock: ManualClock;
}

/** Empty SQLite stores in a folder of their own. */
export async function openStores(): Promise<Stores> {
  const clock = new ManualClock(START_MS);
  const folder = mkdtempSync(join(tmpdir(), "furze-recommend-"));
  const dataStore = await openSqliteDataStore({ path: join(folder, "data.sqlite") });
  const cacheStore = await openSqliteCacheStore({ path: join(folder, "cache.sqlite"), clock });
  await dataStore.migrate();
  await cacheStore.migrate();
  const dispose = async (): Promise<void> => {
    await dataStore.close();
    await cacheStore.close();
    rmSync(folder, { recursive: true });
  };
  return { dataStore, cacheStore, clock, [Symbol.asyncDispose]: dispose };
}

/** Six items from a, the newest, to f; three users, of whom ann likes a, and ben a and b. */
export async function fill({ dataStore, cacheStore }: Stores): Promise<void> {
  await dataStore.items.upsert(
    ["a", "b", "c", "d", "e", "f"].map((id, age) => item(id, { timestampMs: START_MS - age * DAY_MS })),
  );
  await dataStore.users.upsert(["ann", "ben", "new"].map((userId) => ({ userId, labels: null, comment: "" })));
  await dataStore.feedback.upsert([like("ann", "a"), like("ben", "a"), like("ben", "b")], { mode: "sum" });
  await cacheStore.putLists([
    list("item-to-item/similar", "a", { b: 0.9, c: 0.5, a: 0.4 }),
    list("item-to-item/similar", "b", { a: 0.9, c: 0.7, d: 0.1 }),
    list("user-to-user/taste", "ann", { ben: 0.6 }),
    list("non-personalized/popular", "", { a: 2, b: 1, e: 0 }),
  ]);
}

export interface System {
  readonly pipeline: Pipeline;
  readonly recommender: Recommender;
  readonly maker: ListMaker;
  readonly editor: ItemEditor;
}

/** The offline and the online path over the stores. */
export function systemOf(
  { dataStore, cacheStore, clock }: Stores,
  changes: Partial<PipelineOptions> = {},
  more: Partial<PipelineDependencies> = {},
): System {
  const pipeline = new Pipeline({ ...options, ...changes }, { dataStore, cacheStore, clock, ...more });
  return {
    pipeline,
    recommender: new Recommender({ pipeline, dataStore, cacheStore, clock }),
    maker: new ListMaker({ pipeline, users: dataStore.users, cacheStore, clock, batchSize: 2 }),
    editor: new ItemEditor({ dataStore, cacheStore, clock, listTtlMs: options.listTtlMs }),
  };
}
