import { type Feedback, ManualClock } from "@furze/core";
import { ModelSet, type PipelineOptions } from "@furze/recommend";
import type { BlobStore, CacheStore, DataStore } from "@furze/storage";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HOUR_MS, openStores, pipeline, START_MS, type Stores } from "../test/fixture.ts";
import type { TaskReporter } from "./task-graph.ts";
import { Trainer } from "./trainer.ts";
import type { ModelTrainingOptions } from "./training-options.ts";

const clock = new ManualClock(START_MS);
let stores: Stores;
let dataStore: DataStore;
let cacheStore: CacheStore;
let blobStore: BlobStore;
let trainers: Trainer[];
let started: string[];
let failed: string[];

/** Tells what the tasks do, and calls back when the last one of a cycle has ended. */
let onEnd: () => void;
const reporter: TaskReporter = {
  declare: () => {},
  start: (name) => {
    started.push(name);
    return { report: () => {}, complete: () => onEnd(), fail: (error) => failed.push(`${name}: ${error}`), suspend: () => {} };
  },
};

beforeEach(async () => {
  stores = await openStores(clock);
  ({ dataStore, cacheStore, blobStore } = stores);
  trainers = [];
  started = [];
  failed = [];
  onEnd = () => {};
});

afterEach(async () => {
  for (const trainer of trainers) await trainer.stop();
  await stores[Symbol.asyncDispose]();
});

const like = (userId: string, itemId: string): Feedback => ({
  feedbackType: "like",
  userId,
  itemId,
  value: 1,
  timestampMs: START_MS - HOUR_MS,
  updatedMs: START_MS - HOUR_MS,
  comment: "",
});

/** Two groups of users who like different things. */
async function addFeedback(): Promise<void> {
  const rows: Feedback[] = [];
  for (let user = 0; user < 20; user++) {
    for (let item = 0; item < 10; item++)
      if (item % 2 === user % 2 && (user + item) % 5 > 0) rows.push(like(`u${user}`, `i${item}`));
  }
  await dataStore.feedback.upsert(rows, { mode: "sum" });
}

async function open(changes: Partial<PipelineOptions> = {}, models: Partial<ModelTrainingOptions> = {}): Promise<Trainer> {
  const trainer = await Trainer.open({
    dataStore,
    cacheStore,
    blobStore,
    pipeline: { ...pipeline, ...changes },
    training: { jobs: 2, collaborative: { fitPeriodMs: HOUR_MS, numEpochs: 5, patience: 2, ...models }, emptyPollMs: 5 },
    reporter,
    clock,
  });
  trainers.push(trainer);
  return trainer;
}

/** Waits for a state; training runs on real threads, so its end is seen by looking. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

async function trained(): Promise<Trainer> {
  await addFeedback();
  const trainer = await open();
  trainer.start();
  await until(() => trainer.state.listsVersion === 1);
  return trainer;
}

async function blobOf(name: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of blobStore.get(name)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe("Trainer", () => {
  it("waits for the first feedback, then makes everything", async () => {
    const trainer = await open();
    const count = vi.spyOn(dataStore.feedback, "count");
    trainer.start();
    await until(() => count.mock.calls.length >= 3);
    expect(started).toEqual([]);
    await addFeedback();
    await until(() => trainer.state.listsVersion === 1);
    expect(failed).toEqual([]);
    const keys = [
      { collection: "non-personalized/popular", name: "" },
      { collection: "item-to-item/similar", name: "i0" },
      { collection: "user-to-user/taste", name: "u1" },
    ];
    const { lists } = await cacheStore.getLists(keys);
    expect(lists[0]?.entries.length).toBe(5);
    expect(lists[1]?.entries.map((entry) => entry.id).toSorted()).toEqual(["i2", "i4", "i6", "i8"]);
    expect(lists[2]?.entries.every((entry) => Number(entry.id.slice(1)) % 2 === 1)).toBe(true);
    expect(await cacheStore.getPoints({ name: "num_users", beginMs: START_MS, endMs: START_MS })).toMatchObject([
      { value: 20 },
    ]);
  });

  it("publishes a model that another process can load and check", async () => {
    const { state } = await trained();
    const [stored] = state.models;
    if (stored === undefined) throw new Error("no model was stored");
    const chunks: Uint8Array[] = [];
    for await (const chunk of blobStore.get(stored.blobName)) chunks.push(chunk);
    const models = new ModelSet();
    await models.update([stored], () => Promise.resolve(Buffer.concat(chunks)));
    expect(models.collaborative.modelId).toBe(stored.modelId);
    models.dispose();
  });

  it("keeps its work over a restart while data and options stay the same", async () => {
    const before = await trained();
    await before.stop();
    started.length = 0;
    const after = await open();
    const now = vi.spyOn(clock, "now");
    after.start();
    expect(after.state).toEqual(before.state);
    // It asks for the time to see whether a cycle is due, and once more to know how long to sleep.
    await until(() => now.mock.calls.length >= 2);
    now.mockRestore();
    expect(started).toEqual([]);
    await after.stop();
    const changed = await open({ cacheSize: 4 });
    changed.start();
    await until(() => changed.state.listsVersion === 2);
    expect(started).toContain("Train Collaborative Filtering Model");
  });

  it("makes only what the clock changes when the data have not changed, and everything when it is told to", async () => {
    const before = await trained();
    await before.stop();
    clock.advance(2 * HOUR_MS);
    const model = before.state.models[0];
    const trainer = await open();
    trainer.start();
    await until(() => trainer.state.finishedMs > before.state.finishedMs);
    expect(trainer.state).toMatchObject({ listsVersion: 1, models: [model] });
    clock.advance(1000);
    trainer.trigger();
    await until(() => trainer.state.listsVersion === 2);
    expect(trainer.state.models[0]?.modelId).not.toBe(model?.modelId);
  });

  it("keeps the old model when a fit fails, and makes the rest", async () => {
    const trainer = await trained();
    const { models } = trainer.state;
    await dataStore.purge();
    await dataStore.feedback.upsert([{ ...like("u", "i"), feedbackType: "other" }], { mode: "sum" });
    trainer.trigger();
    await until(() => trainer.state.listsVersion === 2);
    expect(failed).toEqual([expect.stringContaining("Train Collaborative Filtering Model: ")]);
    expect(trainer.state.models).toEqual(models);
  });

  it("searches for better parameters between cycles, and fits what it has found", async () => {
    await addFeedback();
    const trainer = await open({}, { search: { periodMs: 24 * HOUR_MS, trials: 3 } });
    trainer.start();
    await until(() => trainer.state.listsVersion === 2);
    expect(failed).toEqual([]);
    expect(started.filter((name) => name === "Optimize Collaborative Filtering Model").length).toBe(1);
    const { searches, models } = trainer.state;
    expect(searches.collaborative?.tuned?.numFactors).toBeGreaterThan(0);
    expect(searches.collaborative?.searchedMs).toBe(clock.now());
    expect(models.length).toBe(1);
    await trainer.stop();
    const after = await open({}, { search: { periodMs: 24 * HOUR_MS, trials: 3 } });
    expect(after.state.searches).toEqual(searches);
  });

  it("searches for each model in turn, and remembers both", async () => {
    await addFeedback();
    const trainer = await open({ ranker: { type: "fm" } }, { search: { periodMs: 24 * HOUR_MS, trials: 2 } });
    trainer.start();
    await until(() => trainer.state.searches.click !== undefined && trainer.state.searches.collaborative !== undefined);
    expect(failed).toEqual([]);
    expect(trainer.state.searches.click?.tuned?.numFactors).toBeGreaterThan(0);
    expect(started.filter((name) => name.startsWith("Optimize")).toSorted()).toEqual([
      "Optimize Click-Through Rate Prediction Model",
      "Optimize Collaborative Filtering Model",
    ]);
  });

  it("searches for the weights of recommenders, publishes them, and knows them after a restart", async () => {
    await addFeedback();
    const fusing: Partial<PipelineOptions> = {
      ranker: { type: "fusion" },
      recommenders: ["collaborative", "item-to-item/similar", "user-to-user/taste", "latest"],
    };
    const search = { search: { periodMs: 24 * HOUR_MS, trials: 1 } };
    const trainer = await open(fusing, search);
    trainer.start();
    await until(() => trainer.state.models.some(({ kind }) => kind === "fusion"));
    expect(failed).toEqual([]);
    expect(started).toContain("Optimize Weights of Recommenders");
    expect(started[0]).toBe("Load Dataset");
    const { weights, score = 0 } = trainer.state.searches.fusion?.tuned ?? { weights: {} };
    expect(Object.keys(weights)).toEqual(fusing.recommenders);
    expect(score).toBeGreaterThan(0.5);
    await trainer.stop();
    const models = new ModelSet();
    await models.update(trainer.state.models, ({ blobName }) => blobOf(blobName));
    const lease = models.fusion.acquire();
    expect(lease?.model.weights).toEqual(weights);
    lease?.release();
    models.dispose();
    started = [];
    const after = await open(fusing, search);
    expect(after.state.searches.fusion?.tuned?.weights).toEqual(weights);
    after.start();
    after.trigger();
    await until(() => after.state.listsVersion > trainer.state.listsVersion);
    expect(after.state.models.find(({ kind }) => kind === "fusion")?.modelId).not.toBe(
      trainer.state.models.find(({ kind }) => kind === "fusion")?.modelId,
    );
  });

  it("starts nothing more once it is stopped, even while it looks whether something is due", async () => {
    await addFeedback();
    const trainer = await open();
    const looked = Promise.withResolvers<number>();
    vi.spyOn(dataStore.feedback, "count").mockReturnValueOnce(Promise.resolve(1)).mockReturnValueOnce(looked.promise);
    trainer.start();
    await until(() => vi.mocked(dataStore.feedback.count).mock.calls.length === 2);
    const stopped = trainer.stop();
    looked.resolve(1);
    await stopped;
    expect(started).toEqual([]);
  });

  it("starts over when it is triggered in the middle of a cycle", async () => {
    await addFeedback();
    const trainer = await open();
    let ends = 0;
    onEnd = () => {
      ends++;
      if (ends === 1) trainer.trigger();
    };
    trainer.start();
    await until(() => trainer.state.listsVersion === 1);
    expect(started.filter((name) => name === "Load Dataset").length).toBe(2);
  });

  it("goes on under other options: makes what they change, sets up search, and still owes what was asked for", async () => {
    const index = vi.spyOn(dataStore.itemSearch, "index");
    const trainer = await trained();
    const training = { jobs: 2, collaborative: { fitPeriodMs: HOUR_MS, numEpochs: 5, patience: 2 } };
    trainer.configure({ pipeline: { ...pipeline, cacheSize: 3 }, training: { ...training, searchColumns: ["comment"] } });
    await until(() => trainer.state.listsVersion === 2);
    const { lists } = await cacheStore.getLists([{ collection: "non-personalized/popular", name: "" }]);
    expect(lists[0]?.entries.length).toBe(3);
    expect(index.mock.calls.slice(0, 2).map(([columns]) => columns)).toEqual([[], ["comment"]]);
    started = [];
    onEnd = () => {
      onEnd = () => {};
      trainer.configure({ pipeline: { ...pipeline, cacheSize: 3 }, training });
    };
    trainer.trigger();
    await until(() => trainer.state.listsVersion === 3);
    expect(started.filter((name) => name === "Load Dataset").length).toBe(2);
  });
});
