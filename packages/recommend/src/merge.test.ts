import { expect, it } from "vitest";
import { candidatesIn } from "./candidate-list.ts";
import type { Candidates } from "./candidates.ts";
import { mergeCandidates, ProposerNames } from "./merge.ts";

const candidates = (...pairs: [number, number][]): Candidates => ({
  items: Int32Array.from(pairs, ([index]) => index),
  scores: Float32Array.from(pairs, ([, score]) => score),
});

it("lets the first generator lead, and names everyone who proposed an item", () => {
  const sources = [
    { name: "collaborative", modelId: "7", candidates: candidates([3, 0.5], [1, 0.25]) },
    { name: "latest", modelId: "", candidates: candidates([1, 900], [2, 800], [4, 700]) },
  ];
  const merged = mergeCandidates(sources, 3);
  expect([...merged.items]).toEqual([3, 1, 2]);
  expect(candidatesIn(merged, 2)).toEqual(candidatesIn(merged).slice(0, 2));
  expect(candidatesIn(merged)).toEqual([
    { index: 3, score: 0.5, sources: ["collaborative"], modelId: "7" },
    { index: 1, score: 0.25, sources: ["collaborative", "latest"], modelId: "7" },
    { index: 2, score: 800, sources: ["latest"], modelId: "" },
  ]);
});

it("counts a source that names an item twice once", () => {
  const twice = { name: "script", modelId: "", candidates: candidates([5, 0], [6, 0], [5, 0]) };
  const merged = mergeCandidates([twice, { ...twice, name: "other" }], Number.POSITIVE_INFINITY);
  expect(candidatesIn(merged).map(({ index, sources }) => [index, sources])).toEqual([
    [5, ["script", "other"]],
    [6, ["script", "other"]],
  ]);
});

it("has lists that share names share the arrays of them, whatever else was merged in between", () => {
  const sources = [{ name: "latest", modelId: "", candidates: candidates([2000, 2], [1, 1]) }];
  const names = new ProposerNames(sources);
  const first = mergeCandidates(sources, 2, names);
  const second = mergeCandidates([{ ...sources[0], name: "latest", modelId: "3", candidates: candidates([1, 4]) }], 2, names);
  expect(first.at(1)).toEqual({ index: 1, score: 1, sources: ["latest"], modelId: "" });
  expect(second.at(0)).toEqual({ index: 1, score: 4, sources: ["latest"], modelId: "3" });
  expect(second.at(0).sources).toBe(first.at(0).sources);
});
