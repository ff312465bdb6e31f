import { AbortError } from "@furze/core";
import { SeededRandom } from "@furze/dataset";
import { KernelPool } from "@furze/kernels";
import { afterAll, describe, expect, it } from "vitest";
import {
  type DenseIndex,
  type DenseMetric,
  DenseNeighborIndex,
  type DenseNeighborOptions,
  type DenseRows,
  HnswIndex,
  openDenseIndex,
} from "./index.ts";

const pool = new KernelPool({ threads: 2 });
afterAll(() => pool.close());

const METRICS = ["cosine", "dot", "euclidean"] as const;

/** Vectors around `centers` centers, far from zero. */
function randomRows(seed: number, numRows: number, dimension: number, centers = 20): DenseRows {
  const random = new SeededRandom(seed);
  const normal = () => random.next() + random.next() + random.next() - 1.5;
  const means = Float32Array.from({ length: centers * dimension }, () => 2 * normal() + 1);
  const values = new Float32Array(numRows * dimension);
  for (let row = 0; row < numRows; row++) {
    const mean = random.nextInt(centers) * dimension;
    for (let i = 0; i < dimension; i++) values[row * dimension + i] = means[mean + i]! + normal();
  }
  return { values, dimension };
}

const vectorOf = ({ values, dimension }: DenseRows, row: number) => [
  ...values.subarray(row * dimension, (row + 1) * dimension),
];

function scoreOf(a: readonly number[], b: readonly number[], metric: DenseMetric): number {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  if (metric === "euclidean") return 1 / (1 + Math.hypot(...a.map((value, i) => value - b[i]!)));
  return metric === "dot" ? dot(a, b) : dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

function recall(found: Int32Array, truth: Int32Array, limit: number): number {
  let hits = 0;
  for (let start = 0; start < truth.length; start += limit) {
    const have = new Set(found.subarray(start, start + limit));
    for (const row of truth.subarray(start, start + limit)) if (have.has(row)) hits++;
  }
  return hits / truth.length;
}

const everyNth = (numRows: number, step: number) => Int32Array.from({ length: Math.floor(numRows / step) }, (_, i) => i * step);

const makers: [string, (rows: DenseRows, options?: DenseNeighborOptions) => Promise<DenseIndex>][] = [
  ["DenseNeighborIndex", async (rows, options) => new DenseNeighborIndex(rows, { pool, ...options })],
  ["HnswIndex", (rows, options) => HnswIndex.build(rows, { pool, ...options })],
];

describe.each(makers)("%s", (_, make) => {
  it.each(METRICS)("finds the best rows by %s", async (metric) => {
    const rows = randomRows(5, 90, 7);
    using index = await make(rows, { metric });
    const limit = 12;
    const { indices, scores } = await index.search(everyNth(90, 1), limit);
    for (let row = 0; row < 90; row++) {
      const others = Array.from({ length: 90 }, (_, other) => scoreOf(vectorOf(rows, row), vectorOf(rows, other), metric));
      others[row] = Number.NEGATIVE_INFINITY;
      const best = others.toSorted((a, b) => b - a);
      for (let place = 0; place < limit; place++) {
        const at = row * limit + place;
        expect(scores[at]).toBeCloseTo(best[place]!, 4);
        expect(scores[at]).toBeCloseTo(others[indices[at]!]!, 4);
        if (place > 0) expect(scores[at]).toBeLessThanOrEqual(scores[at - 1]!);
      }
    }
  });

  it.each(METRICS)("finds a row by its own vector and %s like by its number", async (metric) => {
    const rows = randomRows(6, 50, 9);
    using index = await make(rows, { metric });
    const byRow = await index.search([7, 20], 50);
    const byVector = await index.searchVectors(Float32Array.from([...vectorOf(rows, 7), ...vectorOf(rows, 20)]), 50);
    for (const [place, row] of [7, 20].entries()) {
      const own = [...byVector.indices.subarray(place * 50, place * 50 + 50)];
      expect(own).toContain(row);
      expect(own.filter((index) => index !== row)).toEqual([...byRow.indices.subarray(place * 50, place * 50 + 49)]);
      expect(byRow.indices[place * 50 + 49]).toBe(-1);
    }
  });

  it("returns neither excluded rows nor rows that are not allowed", async () => {
    const isExcluded = Uint8Array.from({ length: 60 }, (_, row) => (row % 3 === 0 ? 1 : 0));
    const isAllowed = Uint8Array.from({ length: 60 }, (_, row) => (row % 2 === 0 ? 1 : 0));
    using index = await make(randomRows(7, 60, 4), { isExcluded });
    const all = await index.search([0, 1], 60);
    expect(all.indices.filter((row) => row >= 0)).toHaveLength(40 + 39);
    expect(all.indices.every((row) => row < 0 || row % 3 !== 0)).toBe(true);
    const even = await index.search([0, 2], 60, { isAllowed });
    expect(even.indices.filter((row) => row >= 0)).toHaveLength(20 + 19);
    expect(even.indices.every((row) => row < 0 || (row % 3 !== 0 && row % 2 === 0))).toBe(true);
  });

  it("orders equal rows by their numbers, and gives none to zeros under cosine", async () => {
    const values = Float32Array.of(1, 2, 0, 0, 2, 4, 1, 2, 0, 0, 3, 6);
    using byCosine = await make({ values, dimension: 2 });
    const { indices, scores } = await byCosine.search([0, 1, 5], 4);
    expect([...indices]).toEqual([2, 3, 5, -1, -1, -1, -1, -1, 0, 2, 3, -1]);
    expect(scores[0]).toBeCloseTo(1, 6);
    expect([...(await byCosine.searchVectors(Float32Array.of(0, 0), 2)).indices]).toEqual([-1, -1]);
    using byDistance = await make({ values, dimension: 2 }, { metric: "euclidean" });
    expect([...(await byDistance.search([0, 1], 1)).indices]).toEqual([3, 4]);
    using byDot = await make({ values, dimension: 2 }, { metric: "dot" });
    expect([...(await byDot.search([0, 1], 2)).indices]).toEqual([5, 2, 0, 2]);
  });

  it("keeps small distances far from zero", async () => {
    // Squares of 4,096 leave no room in 32 bits for the differences.
    const values = Float32Array.from({ length: 40 }, (_, i) => 4096 + (i % 2 === 0 ? i / 64 : 0));
    using index = await make({ values, dimension: 2 }, { metric: "euclidean" });
    const { indices, scores } = await index.search([0, 9], 2);
    expect([...indices]).toEqual([1, 2, 8, 10]);
    expect(scores[0]).toBeCloseTo(1 / (1 + 1 / 32), 5);
  });

  it("has no neighbors for a single row and none in an empty index", async () => {
    using single = await make({ values: Float32Array.of(1, 2, 3), dimension: 3 });
    expect([...(await single.search([0], 5)).indices]).toEqual([-1, -1, -1, -1, -1]);
    expect((await single.searchVectors(Float32Array.of(1, 0, 0), 2)).indices).toEqual(Int32Array.of(0, -1));
    using empty = await make({ values: new Float32Array(0), dimension: 3 });
    expect((await empty.search([], 5)).indices).toHaveLength(0);
    expect([...(await empty.searchVectors(Float32Array.of(1, 0, 0), 2)).indices]).toEqual([-1, -1]);
  });

  it("refuses what does not fit", async () => {
    const rows = randomRows(8, 10, 3);
    await expect(make({ values: Float32Array.of(1, Number.NaN), dimension: 1 })).rejects.toMatchObject({ path: "values" });
    await expect(make({ values: new Float32Array(7), dimension: 2 })).rejects.toMatchObject({ path: "values" });
    await expect(make({ values: new Float32Array(4), dimension: 0 })).rejects.toMatchObject({ path: "dimension" });
    await expect(make(rows, { isExcluded: new Uint8Array(3) })).rejects.toMatchObject({ path: "isExcluded" });
    using index = await make(rows);
    await expect(index.search([10], 1)).rejects.toMatchObject({ path: "rowIndices" });
    await expect(index.search([0], 0)).rejects.toMatchObject({ path: "limit" });
    await expect(index.search([0], 1, { isAllowed: new Uint8Array(9) })).rejects.toMatchObject({ path: "isAllowed" });
    await expect(index.searchVectors(new Float32Array(4), 1)).rejects.toMatchObject({ path: "vectors" });
    const infinite = Float32Array.of(0, Number.POSITIVE_INFINITY, 0);
    await expect(index.searchVectors(infinite, 1)).rejects.toMatchObject({ path: "vectors" });
    await expect(index.search([0], 1, { signal: AbortSignal.abort() })).rejects.toThrow(AbortError);
  });

  it("reports progress over several bands", async () => {
    using index = await make(randomRows(9, 30, 2));
    const seen: number[] = [];
    const rows = Int32Array.from({ length: 1500 }, (_, i) => i % 30);
    const table = await index.search(rows, 3, { onProgress: ({ done }) => seen.push(done) });
    expect(seen).toEqual([1024, 1500]);
    expect(table.indices.subarray(1200 * 3, 1203 * 3)).toEqual(table.indices.subarray(0, 9));
  });
});

describe("openDenseIndex", () => {
  it("is exact by default and for recall 1", async () => {
    const rows = randomRows(10, 300, 8);
    for (const recall of [undefined, 1]) {
      using index = await openDenseIndex(rows, { recall, pool });
      expect(index).toBeInstanceOf(DenseNeighborIndex);
    }
    await expect(openDenseIndex(rows, { recall: 0, pool })).rejects.toMatchObject({ path: "recall" });
  });

  it("reaches the recall that was asked for", async () => {
    const rows = randomRows(11, 5000, 12);
    using exact = new DenseNeighborIndex(rows, { pool });
    using index = await openDenseIndex(rows, { recall: 0.9, limit: 10, m: 8, efConstruction: 40, pool });
    expect(index).toBeInstanceOf(HnswIndex);
    // Other rows than those of its sample.
    const queries = everyNth(5000, 12).map((row) => row + 1);
    const found = await index.search(queries, 10);
    expect(recall(found.indices, (await exact.search(queries, 10)).indices, 10)).toBeGreaterThan(0.87);
  });
});
