import { systemClock } from "@furze/core";
import type { PipelineOptions } from "@furze/recommend";
import type { BlobStore, CacheStore, DataStore } from "@furze/storage";
import { INITIAL_STATE, runCycle, type StoredModel } from "@furze/training";

export const DAY_MS = 86_400_000;

/** Every recommender that lists are made of: a factor model, both kinds of neighbors, the popular and the newest items. */
export const fiveRecommenders: PipelineOptions = {
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

/** The same, put into order by a factorization machine. */
export const rankedByFm: PipelineOptions = { ...fiveRecommenders, ranker: { type: "fm" } };

export interface Stores {
  readonly dataStore: DataStore;
  readonly cacheStore: CacheStore;
  readonly blobStore: BlobStore;
}

/** A training cycle over the stores, from nothing. @returns what the master would tell of the models */
export async function train(stores: Stores, pipeline: PipelineOptions, numEpochs = 100): Promise<readonly StoredModel[]> {
  const task = {
    report: () => {},
    complete: () => {},
    fail: (error: unknown) => void console.error(error),
    suspend: () => {},
  };
  const { state } = await runCycle({
    ...{ ...stores, pipeline, clock: systemClock, state: INITIAL_STATE, isForced: true },
    reporter: { declare: () => {}, start: () => task },
    training: { jobs: 2, collaborative: { fitPeriodMs: DAY_MS, numEpochs, patience: 10 } },
  });
  return state.models;
}

export async function readBlob(store: BlobStore, name: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.get(name)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
