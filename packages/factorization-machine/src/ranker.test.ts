import type { Feedback, Item, JsonValue, User } from "@furze/core";
import { type Dataset, loadDataset } from "@furze/dataset";
import { KernelPool } from "@furze/kernels";
import { decodeModelFile, InvalidModelFileError } from "@furze/model-file";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FeatureSpace, Fm, FmModel, FmRanker, LabelValues } from "./index.ts";

const pool = new KernelPool({ threads: 2 });
afterAll(() => pool.close());

const NUM_USERS = 40;
const NUM_ITEMS = 30;

function user(userId: string, labels: JsonValue): User {
  return { userId, labels, comment: "" };
}

function item(itemId: string, labels: JsonValue): Item {
  return { itemId, isHidden: false, categories: [], timestampMs: 0, labels, comment: "" };
}

function feedback(feedbackType: string, userId: string, itemId: string): Feedback {
  return { feedbackType, userId, itemId, value: 1, timestampMs: 0, updatedMs: 0, comment: "" };
}

async function load(users: User[], items: Item[], rows: Feedback[]): Promise<{ dataset: Dataset; values: LabelValues }> {
  const values = new LabelValues();
  const dataset = await loadDataset({
    users: values.users([users]),
    items: values.items([items]),
    feedback: [rows],
    roles: { positive: [{ feedbackType: "like" }], negative: [{ feedbackType: "dislike" }], read: [{ feedbackType: "read" }] },
  });
  return { dataset, values };
}

/** Users of two tastes, items of two genres; the price says nothing. Users like the genre of their taste and only read the other. */
function tastes(): Promise<{ dataset: Dataset; values: LabelValues }> {
  const names = ["tea", "coffee"];
  const users = Array.from({ length: NUM_USERS }, (_, u) => user(`u${u}`, { taste: [names[u % 2] ?? ""], age: 20 + u }));
  const items = Array.from({ length: NUM_ITEMS }, (_, i) => item(`i${i}`, { genre: names[i % 2] ?? "", price: i * 10 }));
  const rows = users.flatMap(({ userId }, u) =>
    items
      .filter((_, i) => (u + i) % 3 > 0)
      .map(({ itemId }) => {
        const type = u % 2 === Number(itemId.slice(1)) % 2 ? "like" : "read";
        return feedback(type, userId, itemId);
      }),
  );
  return load(users, items, rows);
}

describe("FeatureSpace", () => {
  it("has a feature per user, item, shared tag and shared number, users first", async () => {
    const { dataset, values } = await load(
      [user("a", { job: "cook", age: 20 }), user("b", { job: "cook", age: 40, height: 3 }), user("c", ["solo"])],
      [
        item("x", { tags: ["new", "hot"], dims: { width: -5 } }),
        item("y", { tags: ["hot"], dims: { width: 5 } }),
        item("z", null),
      ],
      [],
    );
    const space = FeatureSpace.fromDataset(dataset, { values });
    expect(Array.from({ length: space.numFeatures }, (_, feature) => space.nameOf(feature))).toEqual([
      ...["a", "b", "c"].map((name) => ({ of: "user", kind: "id", name })),
      { of: "user", kind: "tag", name: ".job:cook" },
      { of: "user", kind: "number", name: ".age" },
      ...["x", "y", "z"].map((name) => ({ of: "item", kind: "id", name })),
      { of: "item", kind: "tag", name: ".tags:hot" },
      { of: "item", kind: "number", name: ".dims.width" },
    ]);
    expect(space.userFeatures(0)).toEqual({ indices: Int32Array.of(0, 3, 4), values: Float32Array.of(1, 1, 0) });
    expect(space.userFeatures(1)).toEqual({ indices: Int32Array.of(1, 3, 4), values: Float32Array.of(1, 1, 1) });
    expect(space.userFeatures(2)).toEqual({ indices: Int32Array.of(2), values: Float32Array.of(1) });
    expect(space.itemFeatures(0)).toEqual({ indices: Int32Array.of(5, 8, 9), values: Float32Array.of(1, 1, 0) });
    expect(space.itemFeatures(2)).toEqual({ indices: Int32Array.of(7), values: Float32Array.of(1) });
    expect(() => space.nameOf(10)).toThrow(expect.objectContaining({ path: "feature" }));
    expect(() => space.userFeatures(3)).toThrow(expect.objectContaining({ path: "userIndex" }));
    expect(() => space.itemFeatures(-1)).toThrow(expect.objectContaining({ path: "itemIndex" }));
  });

  it("describes the known and the unknown alike", async () => {
    const { dataset, values } = await tastes();
    const space = FeatureSpace.fromDataset(dataset, { values });
    const known = space.describeUser({ userId: "u3", labels: { taste: ["coffee"], age: 23 } });
    expect(Float32Array.from(known.values ?? [])).toEqual(space.userFeatures(3).values);
    expect(Int32Array.from(known.indices)).toEqual(space.userFeatures(3).indices);
    const price = (labels: JsonValue): number | undefined =>
      [...Array.from(space.describeItem({ labels }).values ?? [])].at(-1);
    expect(price({ genre: "tea", price: 290 })).toBe(1);
    expect(price({ price: 1e9 })).toBe(1);
    expect(price({ price: -7 })).toBe(0);
    expect(price({ price: 100 })).toBeCloseTo(Math.log1p(100) / Math.log1p(290), 6);
    expect(space.describeUser({ userId: "nobody", labels: { taste: ["milk"], wealth: 3 } }).indices).toEqual([]);
    expect(space.describeItem({}).indices).toEqual(new Int32Array(0));
  });

  // Gorse drops all features of a row whose labels hold a null or an empty list, and never sees numbers.
  it("lets odd labels disturb nothing", async () => {
    const odd = (rest: JsonValue): JsonValue => ({ none: null, list: [], flag: true, job: "cook", vector: [1, 2], size: rest });
    const { dataset, values } = await load(
      [user("a", odd(1)), user("b", odd(1)), user("c", odd(Number.NaN))],
      [item("x", odd({ deep: 1 })), item("y", odd({ deep: 2 })), item("y", odd({ deep: 3 }))],
      [],
    );
    const space = FeatureSpace.fromDataset(dataset, { values });
    const names = Array.from({ length: space.numFeatures }, (_, feature) => space.nameOf(feature).name);
    expect(names).toEqual(["a", "b", "c", ".job:cook", ".size", "x", "y", ".job:cook", ".size.deep"]);
    // A number that is the same everywhere is 1; where it is missing there is no feature; the first row of an id counts.
    expect(space.userFeatures(0).values).toEqual(Float32Array.of(1, 1, 1));
    expect([...Array.from(space.userFeatures(2).indices)]).toEqual([2, 3]);
    expect(space.itemFeatures(1).values).toEqual(Float32Array.of(1, 1, 1));
  });

  it("makes a sample of every pair", async () => {
    const rows = [feedback("like", "a", "y"), feedback("dislike", "a", "x"), feedback("read", "b", "y")];
    const { dataset } = await load([user("a", null), user("b", null)], [item("x", null), item("y", null)], rows);
    const space = FeatureSpace.fromDataset(dataset);
    const { first, second, targets, rows: table } = await space.samples(dataset);
    const feature = (row: number | undefined): number | undefined => table.indices[table.offsets[row ?? -1] ?? -1];
    const triples = Array.from(targets, (target, i) => [feature(first?.[i]), feature(second?.[i]), target]);
    expect(triples).toEqual([
      [0, 3, 1],
      [0, 2, 0],
      [1, 3, 0],
    ]);
    expect(table.values).toBeUndefined();
    const other = await load([user("a", null)], [item("x", null)], []);
    await expect(space.samples(other.dataset)).rejects.toThrow(expect.objectContaining({ path: "dataset" }));
  });
});

describe("FmRanker", () => {
  let ranker: FmRanker;
  let dataset: Dataset;
  beforeAll(async () => {
    const loaded = await tastes();
    dataset = loaded.dataset;
    const space = FeatureSpace.fromDataset(dataset, { values: loaded.values });
    const fm = new Fm({ numFactors: 10, numEpochs: 40, learningRate: 0.02, batchSize: 64 });
    ranker = await FmRanker.create(await fm.fit(await space.samples(dataset), { pool }), space, { pool });
  });
  afterAll(() => ranker.dispose());

  it("scores pairs as the model predicts them", async () => {
    const samples = await ranker.space.samples(dataset);
    const expected = await ranker.model.predict(samples, { pool });
    for (let userIndex = 0; userIndex < NUM_USERS; userIndex++) {
      const scores = ranker.scoreItems(ranker.userVector(userIndex));
      expect(scores.length).toBe(NUM_ITEMS);
      for (const [sample, row] of samples.first?.entries() ?? []) {
        if (row !== userIndex) continue;
        expect(scores[(samples.second?.[sample] ?? 0) - NUM_USERS]).toBeCloseTo(expected[sample] ?? Number.NaN, 4);
      }
    }
  });

  it("gives the same for some items, in their order, and for vectors of its own", () => {
    const vector = ranker.userVector(5);
    const all = ranker.scoreItems(vector);
    expect(ranker.scoreItems(vector, [7, 3, 3])).toEqual(Float32Array.of(all[7] ?? 0, all[3] ?? 0, all[3] ?? 0));
    expect(ranker.scoreItems(vector, []).length).toBe(0);
    const itemVector = ranker.describedItemVector({ itemId: "i7", labels: { genre: "coffee", price: 70 } });
    expect(ranker.scoreVectors(vector, itemVector)).toBeCloseTo(all[7] ?? Number.NaN, 4);
  });

  it("ranks for users and items it has never seen by their labels", () => {
    const scores = ranker.scoreItems(ranker.describedUserVector({ userId: "new", labels: { taste: ["coffee"], age: 30 } }));
    const [tea, coffee] = [0, 1].map((genre) => [...scores].filter((_, i) => i % 2 === genre));
    expect(Math.min(...(coffee ?? []))).toBeGreaterThan(Math.max(...(tea ?? [])));
    const newItem = (genre: string) => ranker.describedItemVector({ itemId: "new", labels: { genre, price: 50 } });
    const teaDrinker = ranker.userVector(2);
    expect(ranker.scoreVectors(teaDrinker, newItem("tea"))).toBeGreaterThan(ranker.scoreVectors(teaDrinker, newItem("coffee")));
    // Who is quite unknown gets what everyone gets.
    const unknown = ranker.describedUserVector({});
    expect(unknown.vector.every((value) => value === 0)).toBe(true);
    expect(ranker.scoreItems(unknown).every(Number.isFinite)).toBe(true);
  });

  it("refuses what does not fit", async () => {
    const vector = ranker.userVector(0);
    expect(() => ranker.scoreItems(vector, [NUM_ITEMS])).toThrow(expect.objectContaining({ path: "itemIndices" }));
    expect(() => ranker.scoreItems({ vector: new Float32Array(3), constant: 0 })).toThrow(
      expect.objectContaining({ path: "user" }),
    );
    expect(() => ranker.scoreVectors(vector, { vector: new Float32Array(3), constant: 0 })).toThrow(
      expect.objectContaining({ path: "item" }),
    );
    const other = await load([user("a", null)], [item("x", null)], []);
    await expect(FmRanker.create(ranker.model, FeatureSpace.fromDataset(other.dataset))).rejects.toMatchObject({
      path: "space",
    });
  });

  it("comes back from its file equal, and the file opens as a model too", () => {
    const bytes = ranker.toModelFile({ extra: "note" });
    using restored = FmRanker.fromModelFile(bytes);
    for (const userIndex of [0, 17]) {
      const expected = ranker.scoreItems(ranker.userVector(userIndex));
      expect(restored.scoreItems(restored.userVector(userIndex))).toEqual(expected);
    }
    const described = { userId: "u9", labels: { taste: "tea", age: 90 } };
    expect(restored.describedUserVector(described)).toEqual(ranker.describedUserVector(described));
    expect([...restored.space.itemIds.ids()]).toEqual([...ranker.space.itemIds.ids()]);
    using model = FmModel.fromModelFile(bytes);
    expect(model.numFeatures).toBe(ranker.model.numFeatures);
    expect(decodeModelFile(bytes).header).toMatchObject({ extra: "note" });
  });

  it("refuses files without a feature space, or with one that does not fit", () => {
    const file = decodeModelFile(ranker.toModelFile());
    const { itemRowFeatures: _, ...arrays } = file.arrays;
    const wild = { ...file.arrays, itemRowFeatures: new Int32Array(file.arrays.itemRowFeatures?.length ?? 0).fill(-1) };
    const short = { ...file.arrays, userRowOffsets: Int32Array.of(0) };
    const ids = { ...file.arrays, userIdsOffsets: Uint32Array.of(5) };
    for (const source of [ranker.model.toModelFile(), ...[arrays, wild, short, ids].map((some) => ({ ...file, arrays: some }))])
      expect(() => FmRanker.fromModelFile(source)).toThrow(InvalidModelFileError);
  });
});
