import { describe, expect, it } from "vitest";
import type { Candidates } from "./candidates.ts";
import { fuseCandidates } from "./fusion.ts";
import type { CandidateSource } from "./merge.ts";

const source = (name: string, pairs: Record<number, number>, modelId = ""): CandidateSource => {
  const ranked = Object.entries(pairs).sort(([, a], [, b]) => b - a);
  const candidates: Candidates = {
    items: Int32Array.from(ranked, ([index]) => Number(index)),
    scores: Float32Array.from(ranked, ([, score]) => score),
  };
  return { name, modelId, candidates };
};

const order = (sources: readonly CandidateSource[], weights: Record<string, number>, limit = 10): number[] =>
  fuseCandidates(sources, weights, limit).map(({ index }) => index);

const model = source("collaborative", { 1: 3, 2: 2, 3: 1 }, "7");
const recent = source("latest", { 3: 900, 4: 800, 2: 100 });

describe("fuseCandidates", () => {
  it("adds up weighted standard scores, and counts what a list lacks like its last", () => {
    const unit = Math.sqrt(1.5);
    const [first] = fuseCandidates([model, recent], { collaborative: 2, latest: 0.5 }, 1);
    expect(first).toMatchObject({ index: 1, sources: ["collaborative"], modelId: "7" });
    const deviation = Math.sqrt((300 ** 2 + 200 ** 2 + 500 ** 2) / 3);
    expect(first?.score).toBeCloseTo(2 * unit - 0.5 * (500 / deviation), 6);
  });

  it("names everyone who proposed an item, and carries the model behind it", () => {
    const merged = fuseCandidates([model, recent], {}, 10);
    expect(merged.map(({ index, sources, modelId }) => ({ index, sources, modelId }))).toContainEqual({
      index: 3,
      sources: ["collaborative", "latest"],
      modelId: "7",
    });
    expect(merged.find(({ index }) => index === 4)).toMatchObject({ sources: ["latest"], modelId: "" });
  });

  it("leaves out who has weight 0, and counts who has none given as 1", () => {
    expect(order([model, recent], { latest: 0 })).toEqual([1, 2, 3]);
    expect(order([model, recent], { collaborative: 0 })).toEqual([3, 4, 2]);
    expect(fuseCandidates([model, recent], {}, 10)).toEqual(
      fuseCandidates([model, recent], { collaborative: 1, latest: 1 }, 10),
    );
    expect(order([model, recent], { collaborative: 0, latest: 0 })).toEqual([]);
  });

  it("does not care in what unit a recommender scores", () => {
    const scaled = source("latest", { 3: 9 - 5, 4: 8 - 5, 2: 1 - 5 });
    const [a, b] = [fuseCandidates([model, recent], {}, 10), fuseCandidates([model, scaled], {}, 10)];
    expect(b.map(({ index }) => index)).toEqual(a.map(({ index }) => index));
    for (const [place, { score }] of a.entries()) expect(b[place]?.score).toBeCloseTo(score, 5);
  });

  it("goes by the order where all scores are the same, and by the index where fused scores are", () => {
    const script: CandidateSource = {
      name: "external/script",
      modelId: "",
      candidates: { items: Int32Array.of(8, 5, 6), scores: new Float32Array(3) },
    };
    expect(order([script], {})).toEqual([8, 5, 6]);
    expect(order([source("a", { 9: 1, 4: 0 }), source("b", { 4: 1, 9: 0 })], {})).toEqual([4, 9]);
  });

  it("passes over empty lists, keeps to the limit, and is finite for a single candidate", () => {
    expect(order([source("a", {}), model], {}, 2)).toEqual([1, 2]);
    expect(fuseCandidates([source("a", { 3: 5 })], {}, 9)).toEqual([{ index: 3, score: 0, sources: ["a"], modelId: "" }]);
    expect(fuseCandidates([], {}, 9)).toEqual([]);
  });
});
