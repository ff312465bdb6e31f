import { SeededRandom, UserItemMatrix } from "@furze/dataset";
import { describe, expect, it } from "vitest";
import { LinearItemIndex } from "./index.ts";

const NUM_ITEMS = 150;

/** More items than two blocks, users of two tastes. */
function club(numItems: number): UserItemMatrix {
  const random = new SeededRandom(3);
  const rows = Array.from({ length: 200 }, (_, user) =>
    Array.from({ length: numItems }, (_, item) => item).filter((item) => random.next() < (item % 2 === user % 2 ? 0.3 : 0.03)),
  );
  return UserItemMatrix.fromRows({ numItems, rows });
}

/** The weights by elimination in 64-bit numbers. */
function expectedWeights(matrix: UserItemMatrix, regularization: number, denoising: number, exponent: number): number[][] {
  const { numItems, numUsers, userOffsets, itemIndices } = matrix;
  const gram = Array.from({ length: numItems }, () => new Array<number>(numItems).fill(0));
  const mean = matrix.numEntries / numUsers;
  for (let user = 0; user < numUsers; user++) {
    const items = [...itemIndices.subarray(userOffsets[user], userOffsets[user + 1])];
    const weight = (mean / Math.max(1, items.length)) ** exponent;
    for (const a of items) for (const b of items) gram[a]![b]! += weight;
  }
  const meanUsers = gram.reduce((sum, row, item) => sum + row[item]!, 0) / numItems;
  for (const [item, row] of gram.entries()) row[item] = row[item]! * (1 + denoising) + regularization * meanUsers;
  const rows = gram.map((row, item) => [...row, ...row.map((_, column) => Number(column === item))]);
  for (const [pivot, from] of rows.entries()) {
    const value = from[pivot]!;
    for (let column = 0; column < from.length; column++) from[column]! /= value;
    for (const row of rows) {
      const factor = row[pivot]!;
      if (row !== from) for (let column = 0; column < row.length; column++) row[column]! -= factor * from[column]!;
    }
  }
  const inverse = rows.map((row) => row.slice(numItems));
  return inverse.map((row, i) => row.map((value, j) => (i === j ? 0 : -value / inverse[j]![j]!)));
}

describe("LinearItemIndex", () => {
  it("finds the weights of the closed form", async () => {
    const matrix = club(NUM_ITEMS);
    using index = await LinearItemIndex.fit(matrix, { regularization: 0.5, denoising: 0.3, activityExponent: 0.7 });
    const { indices, scores } = await index.search([0, 77, 149], NUM_ITEMS);
    const expected = expectedWeights(matrix, 0.5, 0.3, 0.7);
    for (const [place, item] of [0, 77, 149].entries()) {
      const row = [...indices.subarray(place * NUM_ITEMS, (place + 1) * NUM_ITEMS)].filter((other) => other >= 0);
      expect(row.length).toBe(NUM_ITEMS - 1);
      expect(row).not.toContain(item);
      for (const [at, other] of row.entries()) expect(scores[place * NUM_ITEMS + at]).toBeCloseTo(expected[item]![other]!, 5);
    }
  });

  it("keeps the largest by absolute value, best first", async () => {
    using index = await LinearItemIndex.fit(club(NUM_ITEMS));
    const [few, all] = [await index.search([5], 10), await index.search([5], NUM_ITEMS)];
    const largest = [...all.scores].toSorted((a, b) => Math.abs(b) - Math.abs(a)).slice(0, 10);
    expect([...few.scores]).toEqual(largest.toSorted((a, b) => b - a));
    expect(few.indices[0]! % 2).toBe(1);
  });

  it("leaves out excluded items, gives lonely items an empty list, and takes matrices without entries", async () => {
    const matrix = UserItemMatrix.fromRows({
      numItems: 4,
      rows: [
        [0, 1],
        [0, 1, 2],
        [1, 2],
      ],
    });
    using index = await LinearItemIndex.fit(matrix, { isExcluded: Uint8Array.of(0, 1, 0, 0) });
    const { indices } = await index.search([0, 1, 2, 3], 3);
    expect([...indices]).toEqual([2, -1, -1, 0, 2, -1, 0, -1, -1, -1, -1, -1]);
    using empty = await LinearItemIndex.fit(UserItemMatrix.fromRows({ numItems: 2, rows: [[]] }));
    expect([...(await empty.search([0, 1], 2)).indices]).toEqual([-1, -1, -1, -1]);
    using none = await LinearItemIndex.fit(UserItemMatrix.fromRows({ numItems: 0, rows: [[]] }));
    expect((await none.search([], 2)).indices.length).toBe(0);
  });

  it("refuses catalogues that are too large, options out of range, and items that are not there", async () => {
    const large = UserItemMatrix.fromRows({ numItems: 20_001, rows: [[0]] });
    await expect(LinearItemIndex.fit(large)).rejects.toThrow("at most 20000 items");
    const matrix = club(10);
    await expect(LinearItemIndex.fit(matrix, { regularization: 0 })).rejects.toThrow("regularization must be above 0");
    await expect(LinearItemIndex.fit(matrix, { denoising: -1 })).rejects.toThrow("denoising must be at least 0");
    await expect(LinearItemIndex.fit(matrix, { activityExponent: -1 })).rejects.toThrow("activityExponent must be from 0 to 4");
    using index = await LinearItemIndex.fit(matrix);
    expect(() => index.search([10], 1)).toThrow("there is no item 10");
  });

  it("ends at an abort", async () => {
    await expect(LinearItemIndex.fit(club(10), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
  });
});
