import { expect, it } from "vitest";
import { TrialCost } from "./trial-cost.ts";

const sizes = [16, 32, 64, 128];

it("allows the smallest size only while nothing is known", () => {
  expect(new TrialCost().affordable("als", 128, sizes, 10, 1e9)).toBe(16);
});

it("allows the largest size up to the wanted one that fits", () => {
  const cost = new TrialCost();
  cost.observe("als", 16, 10);
  cost.observe("als", 16, 30);
  // 10 ms an epoch at 16, so 30, 92 and 279 at most at the others.
  expect(cost.affordable("als", 128, sizes, 10, 1000)).toBe(64);
  expect(cost.affordable("als", 32, sizes, 10, 1000)).toBe(32);
  expect(cost.affordable("als", 128, sizes, 10, 3000)).toBe(128);
  expect(cost.affordable("als", 128, sizes, 10, 1)).toBe(16);
  expect(cost.affordable("bpr", 128, sizes, 10, 3000)).toBe(16);
});

it("trusts the nearest size that was measured", () => {
  const cost = new TrialCost();
  cost.observe("als", 16, 10);
  cost.observe("als", 128, 50);
  expect(cost.epochMs("als", 128)).toBe(50);
  expect(cost.epochMs("als", 64)).toBe(50);
  expect(cost.epochMs("als", 32)).toBeCloseTo(10 * 2 ** 1.6);
});
