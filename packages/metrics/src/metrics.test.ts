import { describe, expect, it } from "vitest";
import { auc, coverage, evaluateRanking, hitRateAtK, mapAtK, ndcgAtK, novelty, precisionAtK, recallAtK } from "./index.ts";

/** Small seeded generator (mulberry32), so that every run tests the same cases. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled(length: number, random: () => number): number[] {
  const list = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}

describe("metrics of one list", () => {
  const list = [7, 3, 9, 1];

  it("have the values worked out by hand", () => {
    const relevant = new Set([3, 1, 100]);
    expect(ndcgAtK(list, relevant, 4)).toBeCloseTo(
      (1 / Math.log2(3) + 1 / Math.log2(5)) / (1 + 1 / Math.log2(3) + 1 / Math.log2(4)),
      12,
    );
    expect(recallAtK(list, relevant, 4)).toBeCloseTo(2 / 3, 12);
    expect(precisionAtK(list, relevant, 4)).toBe(0.5);
    expect(mapAtK(list, relevant, 4)).toBeCloseTo((1 / 2 + 2 / 4) / 3, 12);
    expect(hitRateAtK(list, relevant, 1)).toBe(0);
    expect(hitRateAtK(list, relevant, 2)).toBe(1);
  });

  it("normalize by what k lets a list reach", () => {
    const relevant = new Set([7, 3, 9, 1, 5, 6]);
    expect(ndcgAtK(list, relevant, 2)).toBe(1);
    expect(mapAtK(list, relevant, 2)).toBe(1);
    expect(precisionAtK(list, relevant, 8)).toBe(0.5);
  });

  it("are 0 without relevant items or without a list, and ignore padding", () => {
    for (const metric of [ndcgAtK, recallAtK, precisionAtK, mapAtK, hitRateAtK]) {
      expect(metric(list, new Set(), 3)).toBe(0);
      expect(metric([], new Set([1]), 3)).toBe(0);
      expect(metric([-1, -1], new Set([-1]), 2)).toBe(0);
      expect(() => metric(list, new Set([1]), 0)).toThrow(RangeError);
      expect(() => metric(list, new Set([1]), 1.5)).toThrow(RangeError);
    }
  });

  it("count a repeated item once", () => {
    expect(recallAtK([1, 1], new Set([1, 2]), 2)).toBe(0.5);
    expect(ndcgAtK([1, 1], new Set([1]), 2)).toBe(1);
  });
});

describe("evaluateRanking", () => {
  it("is the mean of the single-list metrics", () => {
    const random = generator(1);
    for (let round = 0; round < 30; round++) {
      const k = 1 + Math.floor(random() * 8);
      const numUsers = 1 + Math.floor(random() * 6);
      const recommended = new Int32Array(numUsers * k).fill(-1);
      const offsets = new Int32Array(numUsers + 1);
      const indices: number[] = [];
      const lists: { list: number[]; relevant: Set<number> }[] = [];
      for (let user = 0; user < numUsers; user++) {
        const list = shuffled(20, random).slice(0, Math.floor(random() * (k + 1)));
        const relevant = shuffled(20, random).slice(0, Math.floor(random() * 12));
        recommended.set(list, user * k);
        indices.push(...relevant);
        offsets[user + 1] = indices.length;
        if (relevant.length > 0) lists.push({ list, relevant: new Set(relevant) });
      }
      const result = evaluateRanking({ recommended, k, relevant: { offsets, indices: Int32Array.from(indices) } });
      const mean = (metric: typeof ndcgAtK) =>
        lists.reduce((sum, { list, relevant }) => sum + metric(list, relevant, k), 0) / Math.max(1, lists.length);
      expect(result.numUsers).toBe(lists.length);
      expect(result.ndcg).toBeCloseTo(mean(ndcgAtK), 10);
      expect(result.recall).toBeCloseTo(mean(recallAtK), 10);
      expect(result.precision).toBeCloseTo(mean(precisionAtK), 10);
      expect(result.map).toBeCloseTo(mean(mapAtK), 10);
      expect(result.hitRate).toBeCloseTo(mean(hitRateAtK), 10);
    }
  });

  it("is all zero, never NaN, when no user has a test item", () => {
    const none = { numUsers: 0, ndcg: 0, recall: 0, precision: 0, map: 0, hitRate: 0 };
    const relevant = { offsets: new Int32Array(3), indices: new Int32Array(0) };
    expect(evaluateRanking({ recommended: Int32Array.of(1, 2), k: 1, relevant })).toEqual(none);
    expect(
      evaluateRanking({ recommended: new Int32Array(0), k: 1, relevant: { ...relevant, offsets: new Int32Array(1) } }),
    ).toEqual(none);
  });

  it("refuses shapes that differ", () => {
    const relevant = { offsets: new Int32Array(3), indices: new Int32Array(0) };
    expect(() => evaluateRanking({ recommended: new Int32Array(3), k: 2, relevant })).toThrow(RangeError);
    expect(() => evaluateRanking({ recommended: new Int32Array(0), k: 0, relevant })).toThrow(RangeError);
  });
});

describe("auc", () => {
  it("agrees with counting all pairs", () => {
    const random = generator(2);
    for (let round = 0; round < 50; round++) {
      const scores = () => Array.from({ length: 1 + Math.floor(random() * 20) }, () => Math.floor(random() * 8) - 4);
      const positives = scores();
      const negatives = scores();
      let wins = 0;
      for (const p of positives) for (const n of negatives) wins += p > n ? 1 : p === n ? 0.5 : 0;
      expect(auc(positives, negatives)).toBeCloseTo(wins / (positives.length * negatives.length), 12);
    }
  });

  it("counts ties half, is 0 for an empty class and refuses NaN", () => {
    expect(auc([1, 1], [1])).toBe(0.5);
    expect(auc([Number.POSITIVE_INFINITY], [0])).toBe(1);
    expect([auc([], [1]), auc([1], [])]).toEqual([0, 0]);
    expect(() => auc([Number.NaN], [1])).toThrow(RangeError);
  });
});

describe("coverage and novelty", () => {
  it("count distinct items", () => {
    expect(coverage([0, 1, 1, -1], 4)).toBe(0.5);
    expect(coverage([], 0)).toBe(0);
    expect(() => coverage([4], 4)).toThrow(RangeError);
  });

  it("measure self-information in bits", () => {
    expect(novelty([0, 1, -1], [8, 2], 8)).toBe(1);
    expect(novelty([0], [0], 8)).toBe(3);
    expect(novelty([-1], [0], 8)).toBe(0);
    expect(() => novelty([1], [1], 8)).toThrow(RangeError);
    expect(() => novelty([0], [9], 8)).toThrow(RangeError);
  });
});
