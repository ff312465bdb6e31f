import fc from "fast-check";
import { expect, it } from "vitest";
import { bestPlaces } from "./best-places.ts";

/** Few different numbers, so that many are equal, and every kind of float. */
const score = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(-0), fc.float({ noNaN: true }));

it("finds what a stable sort puts first", () => {
  fc.assert(
    fc.property(fc.array(score, { maxLength: 60 }), fc.nat(45), (values, limit) => {
      const scores = Float32Array.from(values);
      const isBefore = (a: number, b: number): number => ((scores[a] ?? 0) < (scores[b] ?? 0) ? 1 : -1);
      const sorted = [...scores.keys()].sort((a, b) => (scores[a] === scores[b] ? a - b : isBefore(a, b)));
      expect([...bestPlaces(scores, limit)]).toEqual(sorted.slice(0, limit));
    }),
  );
});

it("gives everything without a limit", () => {
  expect([...bestPlaces(Float32Array.of(1, 3, 2), Number.POSITIVE_INFINITY)]).toEqual([1, 2, 0]);
});
