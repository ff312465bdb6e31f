import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ScoreAccumulator } from "./candidates.ts";

describe("ScoreAccumulator", () => {
  it("gives the same items as summing and sorting everything", () => {
    const amount = fc.integer({ min: -3, max: 5 });
    const additions = fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), amount), { maxLength: 200 });
    const accumulator = new ScoreAccumulator();
    fc.assert(
      fc.property(additions, fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 4 }), (added, limit, modulus) => {
        const sums = new Map<number, number>();
        accumulator.reserve(Math.max(0, ...added.map(([index]) => index + 1)));
        const cut = added.length >> 1;
        const items = Int32Array.from(added, ([index]) => index);
        accumulator.add(
          items.subarray(0, cut),
          Float32Array.from(added, ([, score]) => score),
        );
        for (const [index, score] of added.slice(cut)) accumulator.add(Int32Array.of(index), score);
        for (const [index, score] of added) {
          sums.set(index, (sums.get(index) ?? 0) + score);
        }
        const admits = (index: number) => index % modulus === 0;
        const expected = [...sums]
          .filter(([index, sum]) => sum > 0 && admits(index))
          .sort(([a, x], [b, y]) => y - x || a - b)
          .slice(0, limit);
        const best = accumulator.best(limit, admits);
        accumulator.clear();
        expect([...best.items]).toEqual(expected.map(([index]) => index));
        expect([...best.scores]).toEqual(expected.map(([, sum]) => sum));
      }),
    );
  });
});
