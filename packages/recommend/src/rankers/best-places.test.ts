import fc from "fast-check";
import { expect, it } from "vitest";
import { bestPlaces } from "./best-places.ts";

it("finds what a stable sort puts first", () => {
  const scores = fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 60 });
  fc.assert(
    fc.property(scores, fc.nat(45), (values, limit) => {
      const sorted = [...values.keys()].sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
      expect([...bestPlaces(Float32Array.from(values), limit)]).toEqual(sorted.slice(0, limit));
    }),
  );
});

it("gives everything without a limit", () => {
  expect([...bestPlaces(Float32Array.of(1, 3, 2), Number.POSITIVE_INFINITY)]).toEqual([1, 2, 0]);
});
