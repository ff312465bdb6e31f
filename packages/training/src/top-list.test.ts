import fc from "fast-check";
import { expect, it } from "vitest";
import { TopList } from "./top-list.ts";

it("keeps the same entries as sorting everything, equal scores in order of arrival", () => {
  const scores = fc.array(fc.integer({ min: 0, max: 20 }));
  fc.assert(
    fc.property(scores, fc.integer({ min: 1, max: 10 }), (values, limit) => {
      const top = new TopList<number>(limit);
      for (const [arrival, score] of values.entries()) top.offer(arrival, score);
      const sorted = values.map((score, value) => ({ value, score })).sort((a, b) => b.score - a.score || a.value - b.value);
      expect(top.ranked()).toEqual(sorted.slice(0, limit));
    }),
  );
});
