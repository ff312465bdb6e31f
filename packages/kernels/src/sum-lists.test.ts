import { afterAll, describe, expect, it } from "vitest";
import { KernelMemory, KernelPool } from "./index.ts";
import { numbers } from "./test-numbers.ts";

const pool = new KernelPool({ threads: 2 });
afterAll(() => pool.close());

const NUM_LISTS = 30;
const NUM_QUERIES = 23;

interface Rows {
  readonly offsets: Int32Array;
  readonly values: Int32Array;
}

/** Rows of up to `longest` whole numbers below `bound`, some of them empty. */
function rows(count: number, longest: number, bound: number, seed: number): Rows {
  const lengths = numbers(count, seed).map((value) => Math.max(0, Math.floor((value + 0.9) * longest * 0.5)));
  const offsets = Int32Array.from({ length: count + 1 }, (_, row) => lengths.subarray(0, row).reduce((a, b) => a + b, 0));
  const values = Int32Array.from(numbers(offsets[count]!, seed + 1), (value) => Math.floor(((value + 1) / 2) * bound));
  return { offsets, values };
}

function rowOf({ offsets, values }: Rows, row: number): number[] {
  return [...values.subarray(offsets[row], offsets[row + 1])];
}

describe("sums of lists", () => {
  it.each([
    { numItems: 1, limit: 1, hasScores: true, hasWeights: true },
    { numItems: 64, limit: 3, hasScores: true, hasWeights: false },
    { numItems: 130, limit: 200, hasScores: false, hasWeights: true },
    { numItems: 5000, limit: 40, hasScores: false, hasWeights: false },
    { numItems: 700, limit: 25, hasScores: true, hasWeights: true },
  ])("$numItems items, best $limit, scores $hasScores, weights $hasWeights, against sorting", async (given) => {
    const { numItems, limit, hasScores, hasWeights } = given;
    using memory = new KernelMemory();
    const lists = rows(NUM_LISTS, 60, numItems, 1);
    const queries = rows(NUM_QUERIES, 12, NUM_LISTS, 2);
    const excluded = rows(NUM_QUERIES, numItems / 10, numItems, 3);
    // Few different numbers, of both signs, so that ties are common.
    const scores = numbers(lists.values.length, 4).map((value) => Math.round(value * 3 + 1) / 2);
    const weights = numbers(queries.values.length, 5).map((value) => Math.round(value * 2 + 1) / 4);
    const masks = [0, 1].map((group) => {
      const mask = memory.allocUint8(numItems);
      for (let item = 0; item < numItems; item++) mask.view[item] = Number((item + group) % 5 !== 1);
      return mask;
    });
    const maskOf = memory.copyInt32(Array.from({ length: NUM_QUERIES }, (_, query) => masks[query % 2]!.pointer));
    const outItems = memory.allocInt32(NUM_QUERIES * limit);
    const outScores = memory.allocFloat32(NUM_QUERIES * limit);
    const itemsOf = memory.copyInt32(lists.values);
    const scoresOf = hasScores ? memory.copyFloat32(scores) : undefined;
    const table = memory.allocUint32(3 * NUM_LISTS);
    for (let list = 0; list < NUM_LISTS; list++) {
      const start = 4 * lists.offsets[list]!;
      const length = lists.offsets[list + 1]! - lists.offsets[list]!;
      table.view.set([itemsOf.pointer + start, scoresOf === undefined ? 0 : scoresOf.pointer + start, length], 3 * list);
    }
    const scratch = [0, 1].map(() => memory.allocUint8(memory.call("sumListsScratch", numItems) ?? 0));
    await pool.run({
      memory,
      kernel: "sumLists",
      args: [
        table.pointer,
        ...[memory.copyInt32(queries.offsets).pointer, memory.copyInt32(queries.values).pointer],
        hasWeights ? memory.copyFloat32(weights).pointer : 0,
        ...[memory.copyInt32(excluded.offsets).pointer, memory.copyInt32(excluded.values).pointer],
        ...[maskOf.pointer, numItems, limit, outItems.pointer, outScores.pointer],
      ],
      threadArgs: scratch.map(({ pointer }) => [pointer]),
      total: NUM_QUERIES,
      chunk: 3,
    });

    for (let query = 0; query < NUM_QUERIES; query++) {
      const sums = new Map<number, number>();
      for (let entry = queries.offsets[query]!; entry < queries.offsets[query + 1]!; entry++) {
        const list = queries.values[entry]!;
        const weight = hasWeights ? weights[entry]! : 1;
        for (let at = lists.offsets[list]!; at < lists.offsets[list + 1]!; at++) {
          const item = lists.values[at]!;
          sums.set(item, (sums.get(item) ?? 0) + weight * (hasScores ? scores[at]! : 1));
        }
      }
      const hidden = new Set(rowOf(excluded, query));
      const best = [...sums]
        .filter(([item, sum]) => sum > 0 && !hidden.has(item) && masks[query % 2]!.view[item] === 1)
        .sort(([a, x], [b, y]) => y - x || a - b)
        .slice(0, limit);
      const missing = limit - best.length;
      expect([...outItems.view.subarray(query * limit, (query + 1) * limit)]).toEqual([
        ...best.map(([item]) => item),
        ...Array<number>(missing).fill(-1),
      ]);
      expect([...outScores.view.subarray(query * limit, (query + 1) * limit)]).toEqual([
        ...best.map(([, sum]) => Math.fround(sum)),
        ...Array<number>(missing).fill(0),
      ]);
    }
    // The next query relies on it.
    for (const { view } of scratch) expect(view.every((byte) => byte === 0)).toBe(true);
  });
});
