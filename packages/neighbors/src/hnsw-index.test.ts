import { AbortError } from "@furze/core";
import { SeededRandom } from "@furze/dataset";
import { KernelPool } from "@furze/kernels";
import { afterAll, describe, expect, it } from "vitest";
import { DenseNeighborIndex, type DenseRows, HnswIndex } from "./index.ts";

const pool = new KernelPool({ threads: 2 });
afterAll(() => pool.close());

function randomRows(seed: number, numRows: number, dimension: number): DenseRows {
  const random = new SeededRandom(seed);
  const normal = () => random.next() + random.next() + random.next() - 1.5;
  const means = Float32Array.from({ length: 20 * dimension }, () => 2 * normal());
  const values = new Float32Array(numRows * dimension);
  for (let row = 0; row < numRows; row++) {
    const mean = random.nextInt(20) * dimension;
    for (let i = 0; i < dimension; i++) values[row * dimension + i] = means[mean + i]! + normal();
  }
  return { values, dimension };
}

const everyNth = (numRows: number, step: number) => Int32Array.from({ length: Math.floor(numRows / step) }, (_, i) => i * step);

function recall(found: Int32Array, truth: Int32Array, limit: number): number {
  let hits = 0;
  for (let start = 0; start < truth.length; start += limit) {
    const have = new Set(found.subarray(start, start + limit));
    for (const row of truth.subarray(start, start + limit)) if (have.has(row)) hits++;
  }
  return hits / truth.length;
}

// All of these have more than 64 times ef rows: fewer would be compared one by one.
describe("HnswIndex", () => {
  it.each([
    ["cosine", 8, 1],
    ["cosine", 33, 2],
    ["euclidean", 8, 3],
    ["euclidean", 33, 4],
    ["dot", 8, 5],
    ["dot", 33, 6],
  ] as const)("has recall@10 of at least 0.95 by %s in %d dimensions with seed %d", async (metric, dimension, seed) => {
    const rows = randomRows(seed, 3000, dimension);
    using exact = new DenseNeighborIndex(rows, { metric, pool });
    using index = await HnswIndex.build(rows, { metric, seed, ef: 45, pool });
    const queries = everyNth(3000, 10);
    const truth = await exact.search(queries, 10);
    const found = await index.search(queries, 10);
    expect(recall(found.indices, truth.indices, 10)).toBeGreaterThan(0.95);
  });

  it("finds more the more rows it follows", async () => {
    const rows = randomRows(16, 3000, 33);
    using exact = new DenseNeighborIndex(rows, { pool });
    using index = await HnswIndex.build(rows, { m: 2, efConstruction: 4, pool });
    const queries = everyNth(3000, 10);
    const truth = await exact.search(queries, 10);
    const recalls: number[] = [];
    for (const ef of [10, 20, 40]) recalls.push(recall((await index.search(queries, 10, { ef })).indices, truth.indices, 10));
    expect(recalls).toEqual(recalls.toSorted((a, b) => a - b));
    expect(recalls[0]).toBeLessThan(recalls[2]! - 0.05);
  });

  it("has recall@100 of at least 0.9", async () => {
    const rows = randomRows(7, 10_000, 16);
    using exact = new DenseNeighborIndex(rows, { pool });
    using index = await HnswIndex.build(rows, { efConstruction: 60, pool });
    const queries = everyNth(10_000, 100);
    const found = await index.search(queries, 100, { ef: 150 });
    expect(recall(found.indices, (await exact.search(queries, 100)).indices, 100)).toBeGreaterThan(0.9);
  });

  it("finds equal rows among many", async () => {
    const distinct = randomRows(8, 40, 6);
    const values = Float32Array.from({ length: 4000 * 6 }, (_, at) => distinct.values[at % 240]!);
    using index = await HnswIndex.build({ values, dimension: 6 }, { metric: "euclidean", ef: 40, pool });
    const { scores } = await index.search(everyNth(4000, 20), 10);
    expect(scores.filter((score) => score === 1).length / scores.length).toBeGreaterThan(0.99);
  });

  it("searches among the allowed rows only, whatever their share", async () => {
    const rows = randomRows(9, 6000, 8);
    using exact = new DenseNeighborIndex(rows, { pool });
    using index = await HnswIndex.build(rows, { ef: 30, efConstruction: 50, pool });
    const queries = everyNth(6000, 60);
    for (const every of [2, 50]) {
      const isAllowed = Uint8Array.from({ length: 6000 }, (_, row) => (row % every === 0 ? 1 : 0));
      const truth = await exact.search(queries, 10, { isAllowed });
      const found = await index.search(queries, 10, { isAllowed });
      expect(found.indices.every((row) => row % every === 0)).toBe(true);
      expect(recall(found.indices, truth.indices, 10)).toBeGreaterThan(0.93);
    }
  });

  it("forgets deleted rows", async () => {
    using index = await HnswIndex.build(randomRows(10, 3000, 8), { ef: 30, efConstruction: 50, threads: 1, pool });
    const before = await index.search([17], 10);
    const [nearest = -1] = before.indices;
    index.delete(nearest);
    const after = await index.search([17], 10);
    expect([...after.indices.subarray(0, 9)]).toEqual([...before.indices.subarray(1)]);
    expect((await index.search([nearest], 10)).indices).not.toContain(nearest);
    expect(() => index.delete(3000)).toThrow("row is 3000");
    // So few rows are compared one by one.
    using few = await HnswIndex.build({ values: Float32Array.of(0, 1, 2, 4), dimension: 1 }, { metric: "euclidean", pool });
    expect([...(await few.search([0], 3)).indices]).toEqual([1, 2, 3]);
    few.delete(1);
    few.delete(1);
    expect([...(await few.search([0], 3)).indices]).toEqual([2, 3, -1]);
    expect([...(await few.search([1], 3)).indices]).toEqual([0, 2, 3]);
  });

  it.each(["cosine", "dot", "euclidean"] as const)("finds the same by %s after saving and loading", async (metric) => {
    const rows = randomRows(11, 3000, 5);
    using index = await HnswIndex.build(rows, { metric, ef: 30, efConstruction: 40, pool });
    index.delete(5);
    using loaded = HnswIndex.fromArrays(structuredClone(index.toArrays()), { pool });
    const queries = everyNth(3000, 15);
    expect(await loaded.search(queries, 10)).toEqual(await index.search(queries, 10));
    const vectors = rows.values.slice(0, 50);
    expect(await loaded.searchVectors(vectors, 10)).toEqual(await index.searchVectors(vectors, 10));
  });

  it("refuses arrays that a search could leave", async () => {
    using index = await HnswIndex.build(randomRows(12, 400, 3), { pool });
    const arrays = index.toArrays();
    const changed = (array: Int32Array, at: number, value: number) => array.with(at, value);
    expect(() => HnswIndex.fromArrays({ ...arrays, baseLinks: changed(arrays.baseLinks, 1, 400) })).toThrow("baseLinks[1]");
    expect(() => HnswIndex.fromArrays({ ...arrays, baseLinks: changed(arrays.baseLinks, 0, 33) })).toThrow("baseLinks[0]");
    expect(() => HnswIndex.fromArrays({ ...arrays, entry: 400 })).toThrow("entry");
    expect(() => HnswIndex.fromArrays({ ...arrays, vectors: arrays.vectors.slice(1) })).toThrow("vectors");
    expect(() => HnswIndex.fromArrays({ ...arrays, levels: new Uint8Array(400) })).toThrow("upperLinks");
    const low = arrays.levels.indexOf(0);
    expect(() => HnswIndex.fromArrays({ ...arrays, upperLinks: changed(arrays.upperLinks, 1, low) })).toThrow("upperLinks[1]");
  });

  it("builds the same graph from the same seed on one thread", async () => {
    const rows = randomRows(13, 800, 6);
    const build = async (seed: number) => {
      using index = await HnswIndex.build(rows, { seed, threads: 1, pool });
      return index.toArrays();
    };
    const first = await build(1);
    expect(await build(1)).toEqual(first);
    expect((await build(2)).levels).not.toEqual(first.levels);
  });

  it("links every row, never to itself, when threads build together", async () => {
    const numRows = 4000;
    const m = 8;
    using index = await HnswIndex.build(randomRows(14, numRows, 6), { m, efConstruction: 40, pool });
    const { baseLinks, entry } = index.toArrays();
    const linksOf = (row: number) => {
      const start = row * (1 + 2 * m);
      return baseLinks.subarray(start + 1, start + 1 + baseLinks[start]!);
    };
    const reached = new Set([entry]);
    for (const row of reached) for (const link of linksOf(row)) reached.add(link);
    expect(reached.size).toBeGreaterThan(0.998 * numRows);
    for (let row = 0; row < numRows; row++) {
      expect(linksOf(row).length).toBeGreaterThan(0);
      expect(linksOf(row)).not.toContain(row);
    }
  });

  it("names options out of range, reports progress and ends when aborted", async () => {
    const rows = randomRows(15, 1000, 4);
    await expect(HnswIndex.build(rows, { m: 1, pool })).rejects.toMatchObject({ path: "m" });
    await expect(HnswIndex.build(rows, { efConstruction: 0, pool })).rejects.toMatchObject({ path: "efConstruction" });
    await expect(HnswIndex.build(rows, { ef: 0.5, pool })).rejects.toMatchObject({ path: "ef" });
    const controller = new AbortController();
    const seen: number[] = [];
    const onProgress = ({ done }: { done: number }) => {
      seen.push(done);
      controller.abort();
    };
    await expect(HnswIndex.build(rows, { pool, signal: controller.signal, onProgress })).rejects.toThrow(AbortError);
    expect(seen).toEqual([256]);
  });
});
