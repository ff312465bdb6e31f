import { AbortError, InvalidArgumentError } from "@furze/core";
import { FeatureTableBuilder, SeededRandom, UserItemMatrix } from "@furze/dataset";
import { KernelPool } from "@furze/kernels";
import { afterAll, describe, expect, it } from "vitest";
import {
  findNeighbors,
  itemRows,
  type NeighborTable,
  type Similarity,
  SparseNeighborIndex,
  type SparseRows,
  tagRows,
  userRows,
} from "./index.ts";

const pool = new KernelPool({ threads: 2 });
afterAll(() => pool.close());

/** Row lists to sparse rows. */
function rowsOf(lists: readonly (readonly number[])[], numFeatures = 1 + Math.max(-1, ...lists.flat())): SparseRows {
  const { userOffsets, itemIndices } = UserItemMatrix.fromRows({ numItems: numFeatures, rows: lists });
  return { offsets: userOffsets, indices: itemIndices, numFeatures };
}

function randomRows(seed: number, numRows: number, numFeatures: number, longest: number): SparseRows {
  const random = new SeededRandom(seed);
  // Squared uniform numbers: some features are in most rows, most in few.
  return rowsOf(
    Array.from({ length: numRows }, () =>
      Array.from({ length: random.nextInt(longest + 1) }, () => Math.floor(random.next() ** 2 * numFeatures)),
    ),
    numFeatures,
  );
}

/** The scores of all pairs by set intersection: what the index must agree with. */
function scoreMatrix(rows: SparseRows, similarity: Similarity, shrinkage: number): number[][] {
  const numRows = rows.offsets.length - 1;
  const sets = Array.from(
    { length: numRows },
    (_, row) => new Set(rows.indices.subarray(rows.offsets[row]!, rows.offsets[row + 1]!)),
  );
  const frequency = (feature: number) => sets.filter((set) => set.has(feature)).length;
  const weights = Array.from({ length: rows.numFeatures }, (_, feature) => Math.log(1 + numRows / frequency(feature)));
  const sum = (features: Iterable<number>) => [...features].reduce((total, feature) => total + weights[feature]!, 0);
  return sets.map((a, row) =>
    sets.map((b, other) => {
      const common = [...a].filter((feature) => b.has(feature));
      if (row === other || common.length === 0) return 0;
      if (similarity === "idf-sum") return sum(common);
      const cosine = sum(common) / Math.sqrt(sum(a) * sum(b));
      return similarity === "cosine" ? cosine : (cosine * common.length) / (common.length + shrinkage);
    }),
  );
}

function mean(matrices: readonly number[][][]): number[][] {
  return matrices[0]!.map((row, i) =>
    row.map((_, j) => matrices.reduce((sum, matrix) => sum + matrix[i]![j]!, 0) / matrices.length),
  );
}

/** Checks every list: scores as in the matrix, none better left out, ordered by score and then index. */
function expectBest(table: NeighborTable, matrix: readonly number[][], isExcluded?: Uint8Array): void {
  for (const [row, scores] of matrix.entries()) {
    const candidates = scores.map((score, other) => (isExcluded?.[other] ? 0 : score)).filter((score) => score > 0);
    const best = candidates.sort((a, b) => b - a).slice(0, table.limit);
    const found = [...table.indices.subarray(row * table.limit, (row + 1) * table.limit)];
    const foundScores = [...table.scores.subarray(row * table.limit, (row + 1) * table.limit)];
    const used = found.filter((index) => index >= 0);
    expect(used.length).toBe(best.length);
    expect(new Set(used).size).toBe(used.length);
    for (const [place, index] of found.entries()) {
      expect(foundScores[place]).toBeCloseTo(best[place] ?? 0, 4);
      if (index < 0) continue;
      expect(foundScores[place]).toBeCloseTo(scores[index]!, 4);
      expect(isExcluded?.[index] ?? 0).toBe(0);
      const isTie = place > 0 && foundScores[place] === foundScores[place - 1];
      if (place > 0) expect(isTie ? index > found[place - 1]! : foundScores[place]! < foundScores[place - 1]!).toBe(true);
    }
  }
}

describe("findNeighbors", () => {
  const rows = randomRows(1, 80, 60, 12);
  const others = randomRows(2, 80, 30, 6);

  describe.each(["lists", "scan"] as const)("with method %s", (method) => {
    it.each(["idf-sum", "cosine", "shrunk-cosine"] as const)("finds the best rows by %s", async (similarity) => {
      const matrix = scoreMatrix(rows, similarity, 10);
      for (const limit of [1, 7, 79]) expectBest(await findNeighbors(rows, { limit, similarity, method, pool }), matrix);
    });

    it("never returns excluded rows, which have neighbors themselves", async () => {
      const isExcluded = Uint8Array.from({ length: 80 }, (_, row) => (row % 3 === 0 ? 1 : 0));
      const table = await findNeighbors(rows, { limit: 20, isExcluded, method, pool });
      expectBest(table, scoreMatrix(rows, "shrunk-cosine", 10), isExcluded);
      expect(table.indices.subarray(0, 20).some((index) => index >= 0)).toBe(true);
    });

    it("has no neighbors for rows without features and for a single row", async () => {
      const table = await findNeighbors(rowsOf([[], [0], [], [0]]), { limit: 2, method, pool });
      expect([...table.indices]).toEqual([-1, -1, 3, -1, -1, -1, 1, -1]);
      expect([...table.scores.subarray(0, 2)]).toEqual([0, 0]);
      expect([...(await findNeighbors(rowsOf([[0, 1]]), { limit: 3, method, pool })).indices]).toEqual([-1, -1, -1]);
      expect((await findNeighbors(rowsOf([[], []], 0), { limit: 1, method, pool })).indices).toEqual(Int32Array.of(-1, -1));
      expect((await findNeighbors(rowsOf([], 0), { method, pool })).indices).toHaveLength(0);
    });

    it("keeps rows with the same features as neighbors, lowest index first", async () => {
      const same = rowsOf(Array.from({ length: 4 }, () => [0, 1]));
      const table = await findNeighbors(same, { limit: 2, similarity: "cosine", method, pool });
      expect([...table.indices]).toEqual([1, 2, 0, 2, 0, 1, 0, 1]);
      for (const score of table.scores) expect(score).toBeCloseTo(1, 5);
    });
  });

  // Blocks of 16,384 rows: several full ones and one that is not. Feature 0 is in most rows, so that its lists would be long.
  it.each([
    ["shrunk-cosine", 10, 40_000],
    ["cosine", 100, 40_000],
    ["idf-sum", 100, 16_384],
    ["shrunk-cosine", 1000, 33_000],
  ] as const)("scans many rows by %s for the best %d of %d as exactly as lists do", async (similarity, limit, numRows) => {
    const many = randomRows(numRows + limit, numRows, 500, 12);
    const isExcluded = Uint8Array.from({ length: numRows }, (_, row) => (row % 7 === 3 ? 1 : 0));
    const queries = Int32Array.from({ length: 70 }, (_, place) => (place * 571) % numRows);
    const search = async (method: "lists" | "scan") => {
      using index = new SparseNeighborIndex(many, { similarity, isExcluded, method, pool });
      return await index.search(queries, limit);
    };
    expect(await search("scan")).toEqual(await search("lists"));
  });

  it("never leaves out what it scans", async () => {
    const lists = Array.from({ length: 300 }, (_, row) => [0, 1 + (row >> 1)]);
    const options = { limit: 3, maxAccumulationsPerRow: 100, pool } as const;
    const exact = await findNeighbors(rowsOf(lists), { limit: 3, pool });
    expect(await findNeighbors(rowsOf(lists), { ...options, method: "scan" })).toEqual(exact);
    const bounded = await findNeighbors(rowsOf(lists), { ...options, maxAccumulationsPerRow: 1, method: "scan" });
    expect(bounded.numFeaturesLeftOut).toBeGreaterThan(0);
  });

  it("averages several sources", async () => {
    for (const similarity of ["idf-sum", "shrunk-cosine"] as const) {
      const matrix = mean([scoreMatrix(rows, similarity, 5), scoreMatrix(others, similarity, 5)]);
      expectBest(await findNeighbors([rows, others], { limit: 10, similarity, shrinkage: 5, pool }), matrix);
    }
  });

  it("gives the same lists whatever the number of threads", async () => {
    await using single = new KernelPool({ threads: 1 });
    expect(await findNeighbors(rows, { limit: 9, pool: single })).toEqual(await findNeighbors(rows, { limit: 9, pool }));
  });

  it("takes a limit beyond the number of rows", async () => {
    const table = await findNeighbors(rowsOf([[0], [0], [0]]), { limit: 1000, pool });
    expect(table.limit).toBe(1000);
    expect([...table.indices.subarray(1000, 1004)]).toEqual([0, 2, -1, -1]);
  });

  it("leaves out the features that most rows hold when the work would exceed its bound", async () => {
    // Feature 0 is in all 300 rows, every other in two.
    const lists = Array.from({ length: 300 }, (_, row) => [0, 1 + (row >> 1)]);
    const exact = await findNeighbors(rowsOf(lists), { limit: 3, pool });
    expect([exact.numFeaturesLeftOut, exact.indices[0], exact.indices[1]]).toEqual([0, 1, 2]);
    const bounded = await findNeighbors(rowsOf(lists), { limit: 3, maxAccumulationsPerRow: 100, pool });
    expect([bounded.numFeaturesLeftOut, ...bounded.indices.subarray(0, 3)]).toEqual([1, 1, -1, -1]);
    const without = await findNeighbors(
      rowsOf(
        lists.map(([, feature = 0]) => [feature]),
        151,
      ),
      { limit: 3, pool },
    );
    expect(bounded.scores).toEqual(without.scores);
  });

  it("reports progress and ends when aborted", async () => {
    const seen: number[] = [];
    await findNeighbors(rows, { pool, onProgress: ({ done, total }) => seen.push(done, total) });
    expect(seen.slice(-2)).toEqual([80, 80]);
    expect(seen.length).toBeGreaterThan(4);
    const controller = new AbortController();
    let calls = 0;
    const onProgress = () => {
      calls++;
      controller.abort();
    };
    await expect(findNeighbors(rows, { pool, signal: controller.signal, onProgress })).rejects.toThrow(AbortError);
    expect(calls).toBe(1);
    await expect(findNeighbors(rows, { pool, signal: AbortSignal.abort() })).rejects.toThrow(AbortError);
  });

  it.each([
    ["limit", { limit: 0 }],
    ["limit", { limit: 1.5 }],
    ["shrinkage", { shrinkage: -1 }],
    ["maxAccumulationsPerRow", { maxAccumulationsPerRow: Number.NaN }],
    ["isExcluded", { isExcluded: new Uint8Array(3) }],
  ])("names %s when it is wrong", async (path, options) => {
    await expect(findNeighbors(rows, { ...options, pool })).rejects.toMatchObject({ path, code: "INVALID_ARGUMENT" });
  });

  it("refuses sources over different rows", async () => {
    await expect(findNeighbors([rows, rowsOf([[0]])], { pool })).rejects.toThrow(InvalidArgumentError);
    await expect(findNeighbors([rows, rows], { method: "scan", pool })).rejects.toMatchObject({ path: "method" });
    await expect(findNeighbors([], { pool })).rejects.toThrow(InvalidArgumentError);
  });
});

describe("SparseNeighborIndex", () => {
  it("answers for chosen rows, in their order", async () => {
    const rows = randomRows(3, 40, 20, 6);
    using index = new SparseNeighborIndex(rows, { pool });
    const all = await index.search(
      Int32Array.from({ length: 40 }, (_, row) => row),
      5,
    );
    const some = await index.search([31, 4, 31], 5);
    for (const [place, row] of [31, 4, 31].entries()) {
      expect(some.indices.subarray(place * 5, place * 5 + 5)).toEqual(all.indices.subarray(row * 5, row * 5 + 5));
    }
    expect((await index.search([], 5)).indices).toHaveLength(0);
    await expect(index.search([40], 5)).rejects.toThrow(InvalidArgumentError);
  });
});

describe("tagRows, itemRows, userRows", () => {
  it("view tables and matrices as rows", async () => {
    const builder = new FeatureTableBuilder();
    for (const tags of [["x", "y"], ["z"], ["y"]]) builder.addNames(tags);
    expect((await findNeighbors(tagRows(builder.build()), { limit: 1, pool })).indices).toEqual(Int32Array.of(2, -1, 0));
    const matrix = UserItemMatrix.fromRows({ numItems: 3, rows: [[0, 2], [0, 2], [1]] });
    expect((await findNeighbors(itemRows(matrix), { limit: 1, pool })).indices).toEqual(Int32Array.of(2, -1, 0));
    expect((await findNeighbors(userRows(matrix), { limit: 1, pool })).indices).toEqual(Int32Array.of(1, 0, -1));
  });
});
