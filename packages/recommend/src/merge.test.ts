import { expect, it } from "vitest";
import type { Candidates } from "./candidates.ts";
import { mergeCandidates } from "./merge.ts";

const candidates = (...pairs: [number, number][]): Candidates => ({
  items: Int32Array.from(pairs, ([index]) => index),
  scores: Float32Array.from(pairs, ([, score]) => score),
});

it("lets the first generator lead, and names everyone who proposed an item", () => {
  const merged = mergeCandidates(
    [
      { name: "collaborative", modelId: "7", candidates: candidates([3, 0.5], [1, 0.25]) },
      { name: "latest", modelId: "", candidates: candidates([1, 900], [2, 800], [4, 700]) },
    ],
    3,
  );
  expect(merged).toEqual([
    { index: 3, score: 0.5, sources: ["collaborative"], modelId: "7" },
    { index: 1, score: 0.25, sources: ["collaborative", "latest"], modelId: "7" },
    { index: 2, score: 800, sources: ["latest"], modelId: "" },
  ]);
});
