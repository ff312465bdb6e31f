import type { Feedback, Item, JsonValue } from "@furze/core";
import { type Dataset, loadDataset, SeededRandom } from "@furze/dataset";
import { KernelPool } from "@furze/kernels";
import { decodeModelFile, InvalidModelFileError } from "@furze/model-file";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateClicks, FeatureSpace, Fm, FmRanker, FmSamples, LabelValues } from "./index.ts";

const pool = new KernelPool({ threads: 2 });
afterAll(() => pool.close());

const NUM_USERS = 40;
const NUM_ITEMS = 60;
const DIMENSION = 6;

function item(itemId: string, labels: JsonValue): Item {
  return { itemId, isHidden: false, categories: [], timestampMs: 0, labels, comment: "" };
}

/** Embeddings whose third number says the genre, among others that say nothing. */
function embedding(random: SeededRandom, genre: number): number[] {
  return Array.from({ length: DIMENSION }, (_, j) => (j === 2 ? 2 * genre - 1 : random.next() - 0.5));
}

async function load(items: Item[], rows: Feedback[]): Promise<{ dataset: Dataset; values: LabelValues }> {
  const values = new LabelValues();
  const users = Array.from({ length: NUM_USERS }, (_, u) => ({ userId: `u${u}`, labels: [u, 1], comment: "" }));
  const roles = { positive: [{ feedbackType: "like" }], negative: [], read: [{ feedbackType: "read" }] };
  const dataset = await loadDataset({ users: values.users([users]), items: values.items([items]), feedback: [rows], roles });
  return { dataset, values };
}

/** Users of even number like one genre, the others the other one; only the embeddings say which genre an item is of. */
function genres(): Promise<{ dataset: Dataset; values: LabelValues }> {
  const random = new SeededRandom(7);
  const items = Array.from({ length: NUM_ITEMS }, (_, i) => item(`i${i}`, i === 9 ? null : { text: embedding(random, i % 2) }));
  const rows = Array.from({ length: NUM_USERS * NUM_ITEMS }, (_, row) => {
    const [u, i] = [Math.floor(row / NUM_ITEMS), row % NUM_ITEMS];
    const feedbackType = u % 2 === i % 2 ? "like" : "read";
    return { feedbackType, userId: `u${u}`, itemId: `i${i}`, value: 1, timestampMs: 0, updatedMs: 0, comment: "" };
  });
  return load(
    items,
    rows.filter((_, row) => row % 3 > 0),
  );
}

describe("embeddings of a data set", () => {
  it("keeps the most frequent dimension of each name, and what is no embedding disturbs nothing", async () => {
    const labels: JsonValue[] = [
      { a: [1, 2], deep: { b: [1] } },
      { a: [3, 4], deep: { b: [2] }, mixed: [1, "x"] },
      { a: [5, 6, 7], deep: { b: [] }, mixed: [2, "x"] },
      { a: [Number.NaN, 1], deep: null, single: [4] },
      [8, 9],
      [10, 11],
    ];
    const items = labels.map((label, i) => item(`i${i}`, label));
    const { dataset, values } = await load([...items, item("i0", { a: [9, 9] })], []);
    const space = FeatureSpace.fromDataset(dataset, { values });
    expect(space.embeddings).toEqual([
      { name: ".a", dimension: 2 },
      { name: ".deep.b", dimension: 1 },
      { name: "", dimension: 2 },
    ]);
    const [a, , root] = space.parts.embeddingTables ?? [];
    expect([...(a?.places ?? [])]).toEqual([0, 1, -1, -1, -1, -1]);
    expect([...(a?.vectors ?? [])]).toEqual([1, 2, 3, 4]);
    expect([...(root?.places ?? [])]).toEqual([-1, -1, -1, -1, 0, 1]);
    expect(space.describeEmbeddings({ labels: { a: [1, 0], deep: { b: [1, 2] } } })).toEqual([
      Float32Array.of(1, 0),
      undefined,
      undefined,
    ]);
    const names = Array.from({ length: space.numFeatures }, (_, feature) => space.nameOf(feature).name);
    expect(names.slice(NUM_USERS)).toEqual(["i0", "i1", "i2", "i3", "i4", "i5", ".mixed:x"]);
  });

  it("refuses tables that do not fit, naming the part", () => {
    const rows = { numFeatures: 2, offsets: Int32Array.of(0, 1, 2), indices: Int32Array.of(0, 1) };
    const table = { name: "", dimension: 2, vectors: Float32Array.of(1, 2), places: Int32Array.of(0) };
    const make = (change: object, firstRow = 1, second: Int32Array | undefined = Int32Array.of(1, 1)) =>
      new FmSamples({
        rows,
        targets: Uint8Array.of(0, 1),
        second,
        embeddings: { firstRow, tables: [{ ...table, ...change }] },
      });
    expect(make({}).embeddings?.tables.length).toBe(1);
    for (const [change, path] of [
      [{ dimension: 0 }, "dimension"],
      [{ vectors: new Float32Array(3) }, "vectors"],
      [{ vectors: Float32Array.of(1, Number.NaN) }, "vectors"],
      [{ places: Int32Array.of(1) }, "places"],
      [{ places: new Int32Array(0) }, "embeddings"],
      [{ places: new Int32Array(2) }, "embeddings"],
    ] as const)
      expect(() => make(change), path).toThrow(expect.objectContaining({ path }));
    expect(() => make({}, 0)).toThrow(expect.objectContaining({ path: "second" }));
    expect(() => make({}, 3)).toThrow(expect.objectContaining({ path: "firstRow" }));
  });
});

describe("a model with embeddings", () => {
  const fm = new Fm({ numFactors: 6, numEpochs: 40, learningRate: 0.02, batchSize: 64 });
  let dataset: Dataset;
  let space: FeatureSpace;
  let ranker: FmRanker;
  beforeAll(async () => {
    const loaded = await genres();
    dataset = loaded.dataset;
    space = FeatureSpace.fromDataset(dataset, { values: loaded.values });
    ranker = await FmRanker.create(await fm.fit(await space.samples(dataset), { pool }), space, { pool });
  });
  afterAll(() => ranker.dispose());

  it("ranks items it has never seen by their embeddings", () => {
    const random = new SeededRandom(99);
    const fresh = Array.from({ length: 40 }, (_, i) =>
      ranker.describedItemVector({ labels: { text: embedding(random, i % 2) } }),
    );
    const targets = fresh.map((_, i) => (i % 2 === 0 ? 1 : 0));
    const scores = fresh.map((vector) => ranker.scoreVectors(ranker.userVector(4), vector));
    expect(evaluateClicks(scores, targets).auc).toBeGreaterThan(0.99);
  });

  it("scores pairs as it predicts them, items without an embedding too", async () => {
    const samples = await space.samples(dataset);
    const predicted = await ranker.model.predict(samples, { pool });
    for (const [sample, user] of samples.first?.entries() ?? []) {
      const itemIndex = (samples.second?.[sample] ?? 0) - NUM_USERS;
      const [score] = ranker.scoreItems(ranker.userVector(user), [itemIndex]);
      expect(score).toBeCloseTo(predicted[sample] ?? Number.NaN, 3);
    }
    expect(evaluateClicks(predicted, samples.targets).auc).toBeGreaterThan(0.99);
  });

  it("evaluates as it predicts, and keeps the best epoch", async () => {
    const { train, test } = await (await space.samples(dataset)).split({ fraction: 0.3, seed: 1 });
    using model = await new Fm({ ...fm.parameters, numEpochs: 6 }).fit(train, { validation: test, pool });
    const { auc, logLoss } = evaluateClicks(await model.predict(test, { pool }), test.targets);
    expect(model.score).toBeCloseTo(auc, 6);
    expect(model.logLoss).toBeCloseTo(logLoss, 6);
  });

  it("gives equal bits for equal seeds on one thread, and learns on two", async () => {
    const samples = await space.samples(dataset);
    const file = async (): Promise<Record<string, unknown>> => {
      using model = await new Fm({ ...fm.parameters, numEpochs: 2 }).fit(samples, { pool });
      return decodeModelFile(model.toModelFile()).arrays;
    };
    expect(await file()).toEqual(await file());
    using model = await new Fm({ ...fm.parameters, threads: 2 }).fit(samples, { pool });
    expect(evaluateClicks(await model.predict(samples, { pool }), samples.targets).auc).toBeGreaterThan(0.99);
  });

  it("comes back from its file equal, without the embeddings themselves", async () => {
    const bytes = ranker.toModelFile();
    using restored = FmRanker.fromModelFile(bytes);
    expect(restored.scoreItems(restored.userVector(3))).toEqual(ranker.scoreItems(ranker.userVector(3)));
    const described = { itemId: "new", labels: { text: [1, 2, 3, 4, 5, 6] } };
    expect(restored.describedItemVector(described)).toEqual(ranker.describedItemVector(described));
    expect(restored.space.embeddings).toEqual(space.embeddings);
    await expect(restored.space.samples(dataset)).rejects.toThrow(expect.objectContaining({ capability: "embeddings" }));
    await expect(FmRanker.create(restored.model, restored.space)).rejects.toMatchObject({ capability: "embeddings" });
    const file = decodeModelFile(bytes);
    const { itemPooled: _, ...arrays } = file.arrays;
    const header = { ...(file.header as object), dimensions: [0] };
    for (const source of [
      { ...file, arrays },
      { ...file, header },
    ])
      expect(() => FmRanker.fromModelFile(source)).toThrow(InvalidModelFileError);
  });

  it("refuses samples and vectors that have other embeddings", async () => {
    const samples = await space.samples(dataset);
    const without = new FmSamples({ ...samples, embeddings: undefined });
    await expect(fm.fit(samples, { validation: without, pool })).rejects.toMatchObject({ path: "validation" });
    await expect(ranker.model.predict(without, { pool })).rejects.toMatchObject({ path: "samples" });
    for (const embeddings of [
      [new Float32Array(5)],
      [new Float32Array(6), new Float32Array(6)],
      [new Float32Array(6).fill(1 / 0)],
    ])
      expect(() => ranker.model.vectorOf({ indices: [] }, embeddings)).toThrow(expect.objectContaining({ path: "embeddings" }));
    using plain = await new Fm({ numEpochs: 1 }).fit(without, { pool });
    await expect(FmRanker.create(plain, space, { pool })).rejects.toMatchObject({ path: "space" });
  });
});
