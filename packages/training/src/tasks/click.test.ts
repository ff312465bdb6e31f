import { type Feedback, type Item, ManualClock, type User } from "@furze/core";
import { ModelSet, type PipelineOptions } from "@furze/recommend";
import type { BlobStore, CacheStore, DataStore } from "@furze/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOUR_MS, openStores, pipeline as plain, START_MS, type Stores } from "../../test/fixture.ts";
import { type CycleOptions, runCycle } from "../cycle.ts";
import type { TaskReporter } from "../task-graph.ts";
import { INITIAL_STATE, type TrainingState } from "../training-state.ts";

const CLICK_TASK = "Train Click-Through Rate Prediction Model";

const pipeline: PipelineOptions = {
  ...{ ...plain, leaderboards: [], itemToItem: [], userToUser: [] },
  recommenders: ["latest"],
  ranker: { type: "fm" },
};

const clock = new ManualClock(START_MS);
let stores: Stores;
let dataStore: DataStore;
let cacheStore: CacheStore;
let blobStore: BlobStore;
let failed: string[];
let progress: Map<string, { done: number; total: number }>;

const reporter: TaskReporter = {
  declare: () => {},
  start: (name) => ({
    report: (value) => void progress.set(name, value),
    complete: () => {},
    fail: (error) => failed.push(`${name}: ${error}`),
    suspend: () => {},
  }),
};

beforeEach(async () => {
  stores = await openStores(clock);
  ({ dataStore, cacheStore, blobStore } = stores);
  failed = [];
  progress = new Map();
});

afterEach(async () => {
  await stores[Symbol.asyncDispose]();
});

const tasteOf = (index: number): string => (index % 2 === 0 ? "tea" : "jam");
const item = (i: number, price: number = i): Item => ({
  ...{ itemId: `i${i}`, isHidden: false, categories: [], timestampMs: 0, comment: "" },
  labels: { kind: tasteOf(i), price, look: [i % 2, 1, 0.5] },
});
const row = (u: number, i: number, feedbackType: string): Feedback => ({
  ...{ feedbackType, userId: `u${u}`, itemId: `i${i}`, value: 1, comment: "" },
  ...{ timestampMs: START_MS - HOUR_MS, updatedMs: START_MS - HOUR_MS },
});

/** Users who have seen half of all items, and like those of their taste. */
async function fill(typeOf = (likes: boolean): string => (likes ? "like" : "view")): Promise<void> {
  await dataStore.users.upsert(
    Array.from({ length: 20 }, (_, u): User => ({ userId: `u${u}`, labels: { taste: tasteOf(u) }, comment: "" })),
  );
  await dataStore.items.upsert(Array.from({ length: 30 }, (_, i) => item(i)));
  const rows: Feedback[] = [];
  for (let u = 0; u < 20; u++)
    for (let i = 0; i < 30; i++) if ((u * 7 + i * 3) % 4 < 2) rows.push(row(u, i, typeOf(u % 2 === i % 2)));
  await dataStore.feedback.upsert(rows, { mode: "sum" });
}

async function cycle(state: TrainingState = INITIAL_STATE, changes: Partial<CycleOptions> = {}): Promise<TrainingState> {
  const fits = { fitPeriodMs: HOUR_MS, numEpochs: 20, patience: 5 };
  const training = { jobs: 2, collaborative: fits, click: { ...fits, fitPeriodMs: 4 * HOUR_MS } };
  const options = { dataStore, cacheStore, blobStore, pipeline, training, reporter, clock, state, isForced: false, ...changes };
  return (await runCycle(options)).state;
}

const modelOf = ({ models }: TrainingState, kind: string) => models.find((model) => model.kind === kind);

async function open(state: TrainingState): Promise<ModelSet> {
  const models = new ModelSet();
  await models.update(state.models, async ({ blobName }) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of blobStore.get(blobName)) chunks.push(chunk);
    return Buffer.concat(chunks);
  });
  return models;
}

describe("the click model", () => {
  it("is fitted beside the factor model, evaluated, and published as a file that knows what users like", async () => {
    await fill();
    const state = await cycle();
    expect(failed).toEqual([]);
    const stored = modelOf(state, "click");
    expect(stored?.score).toBeGreaterThan(0.75);
    expect(stored?.modelId).not.toBe(modelOf(state, "collaborative")?.modelId);
    expect(progress.get(CLICK_TASK)).toEqual({ done: 40, total: 40 });
    for (const [name, least] of Object.entries({ ctr_auc: 0.75, ctr_precision: 0.3, ctr_recall: 0.3, ctr_log_loss: 0.01 })) {
      const [point] = await cacheStore.getPoints({ name, beginMs: START_MS, endMs: clock.now() });
      expect(point?.value, name).toBeGreaterThan(least);
    }
    const models = await open(state);
    const lease = models.click.acquire();
    const ranker = lease?.model.ranker;
    const scores = ranker?.scoreItems(ranker.describedUserVector({ labels: { taste: "jam" } }));
    expect(scores?.every(Number.isFinite)).toBe(true);
    const mean = (taste: number) => {
      const own = [...(scores ?? [])].filter((_, index) => Number(ranker?.space.itemIds.idOf(index).slice(1)) % 2 === taste);
      return own.reduce((sum, score) => sum + score, 0) / own.length;
    };
    expect(mean(1)).toBeGreaterThan(mean(0));
    expect(ranker?.space.embeddings).toEqual([{ name: ".look", dimension: 3 }]);
    lease?.release();
    models.dispose();
  });

  it("needs neither negative nor read feedback: what users have not seen stands against what they like", async () => {
    await fill((likes) => (likes ? "like" : "ignored"));
    const state = await cycle();
    expect(failed).toEqual([]);
    expect(modelOf(state, "click")?.score).toBeGreaterThan(0.6);
  });

  it("is left out while nobody likes anything, which is no failure", async () => {
    await fill(() => "view");
    const state = await cycle(INITIAL_STATE, { pipeline: { ...pipeline, collaborative: false } });
    expect(failed).toEqual([]);
    expect(state).toMatchObject({ listsVersion: 1, models: [] });
  });

  it("is fitted again when only a number in a label has changed, once its period is over", async () => {
    await fill();
    const first = await cycle();
    clock.advance(2 * HOUR_MS);
    const same = await cycle(first);
    expect(same.models).toEqual(first.models);
    await dataStore.items.upsert([item(3, 99)]);
    const early = await cycle(same);
    // The factor model's period is over, that of the click model is not.
    expect(modelOf(early, "click")).toEqual(modelOf(first, "click"));
    expect(modelOf(early, "collaborative")?.modelId).not.toBe(modelOf(first, "collaborative")?.modelId);
    clock.advance(2 * HOUR_MS);
    const late = await cycle(early);
    expect(modelOf(late, "click")?.modelId).not.toBe(modelOf(first, "click")?.modelId);
    expect(modelOf(late, "collaborative")).toEqual(modelOf(early, "collaborative"));
    expect((await blobStore.list()).length).toBeLessThanOrEqual(4);
  });

  it("goes from the state when no ranker uses it any more", async () => {
    await fill();
    const first = await cycle();
    const without = await cycle(first, { pipeline: { ...pipeline, ranker: undefined } });
    expect(without.models.map(({ kind }) => kind)).toEqual(["collaborative"]);
  });

  it("is fitted with the parameters that a search has found", async () => {
    await fill();
    const tuned = { numFactors: 4, learningRate: 0.02, regularization: 0.001 };
    const state = await cycle({ ...INITIAL_STATE, searches: { click: { tuned, searchedMs: START_MS } } });
    const models = await open(state);
    const lease = models.click.acquire();
    expect(lease?.model.ranker.model.parameters).toMatchObject(tuned);
    lease?.release();
    models.dispose();
  });

  it("stops when the cycle is aborted, and publishes nothing", async () => {
    await fill();
    const controller = new AbortController();
    const stopping: TaskReporter = {
      declare: () => {},
      start: (name) => ({ ...reporter.start(name, 1), report: () => name === CLICK_TASK && controller.abort() }),
    };
    await expect(cycle(INITIAL_STATE, { reporter: stopping, signal: controller.signal })).rejects.toMatchObject({
      code: "ABORTED",
    });
    expect((await blobStore.list()).filter(({ name }) => name.startsWith("click-"))).toEqual([]);
  });
});
