import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@furze/core";
import type { PipelineOptions } from "@furze/recommend";
import type { BlobStore, CacheStore, DataStore } from "@furze/storage";
import { openBlobStore } from "@furze/storage-blob";
import { openSqliteCacheStore, openSqliteDataStore } from "@furze/storage-sql";

export const START_MS = 1_700_000_000_000;
export const HOUR_MS = 3_600_000;

export const pipeline: PipelineOptions = {
  roles: { positive: [{ feedbackType: "like" }], negative: [{ feedbackType: "dislike" }], read: [{ feedbackType: "view" }] },
  cacheSize: 5,
  contextSize: 10,
  listTtlMs: 72 * HOUR_MS,
  refreshMs: 72 * HOUR_MS,
  itemTtlMs: undefined,
  feedbackTtlMs: undefined,
  activeUserTtlMs: undefined,
  clockErrorMs: 5000,
  leaderboards: [{ name: "popular", score: "len(feedback)", filter: "" }],
  itemToItem: [{ name: "similar", type: "users", column: "" }],
  userToUser: [{ name: "taste", type: "items", column: "" }],
  collaborative: true,
  recommenders: ["collaborative"],
  fallback: ["latest"],
};

export interface Stores extends AsyncDisposable {
  readonly dataStore: DataStore;
  readonly cacheStore: CacheStore;
  readonly blobStore: BlobStore;
}

/** Empty stores in a folder of their own. */
export async function openStores(clock: Clock): Promise<Stores> {
  const folder = mkdtempSync(join(tmpdir(), "furze-training-"));
  const dataStore = await openSqliteDataStore({ path: join(folder, "data.sqlite") });
  const cacheStore = await openSqliteCacheStore({ path: join(folder, "cache.sqlite"), clock });
  await dataStore.migrate();
  await cacheStore.migrate();
  const dispose = async (): Promise<void> => {
    await dataStore.close();
    await cacheStore.close();
    rmSync(folder, { recursive: true });
  };
  return { dataStore, cacheStore, blobStore: openBlobStore(join(folder, "models")), [Symbol.asyncDispose]: dispose };
}
