import { FurzeError } from "@furze/core";
import { SeededRandom } from "@furze/dataset";
import { NO_CANDIDATES } from "@furze/recommend";
import { describe, expect, it } from "vitest";
import { type FusionSample, searchFusion } from "../index.ts";

const NUM_ITEMS = 60;
const NUM_USERS = 80;

/** Two recommenders that each know a half of what a user likes, in different units, and one that says nothing about it. */
function clubSamples(seed: number): FusionSample[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: NUM_USERS }, () => {
    const relevant = new Set(Array.from({ length: 8 }, () => random.nextInt(NUM_ITEMS)));
    const ranked = (name: string, unit: number, scoreOf: (item: number) => number) => {
      const scored = Array.from({ length: NUM_ITEMS }, (_, item) => ({ item, score: unit * (scoreOf(item) + random.next()) }));
      scored.sort((a, b) => b.score - a.score);
      const items = Int32Array.from(scored.slice(0, 30), ({ item }) => item);
      return { name, modelId: "", candidates: { items, scores: Float32Array.from(scored.slice(0, 30), ({ score }) => score) } };
    };
    const knows = (half: number) => (item: number) => Number(relevant.has(item) && item % 2 === half);
    return { relevant, sources: [ranked("even", 1, knows(0)), ranked("odd", 1000, knows(1)), ranked("noise", 1, () => 0)] };
  });
}

const samples = clubSamples(1);
const names = ["even", "odd", "noise"];

describe("searchFusion", () => {
  it("beats the same weight for all and each recommender alone, and leaves out who says nothing", async () => {
    const scores: number[] = [];
    const { best } = await searchFusion({ samples, names, trials: 40, onTrial: ({ score = 0 }) => void scores.push(score) });
    expect(scores.length).toBe(40);
    const [equal = 1, even = 1, odd = 1, noise = 1] = scores;
    expect(noise).toBeLessThan(Math.min(even, odd));
    expect(best?.score).toBeGreaterThan(Math.max(equal, even, odd) + 0.02);
    const weights: Readonly<Record<string, number>> = best?.parameters.weights ?? {};
    expect(Math.max(...Object.values(weights))).toBe(1);
    expect(weights.noise).toBeLessThan(0.2);
    expect(Math.min(weights.even ?? 0, weights.odd ?? 0)).toBeGreaterThan(0.4);
    // What it has found holds for users it has not seen.
    const scoreOn = async (start: Record<string, number>) =>
      (await searchFusion({ samples: clubSamples(2), names, trials: 1, start })).best?.score ?? 0;
    expect(await scoreOn(weights)).toBeGreaterThan(await scoreOn({ even: 1, odd: 0, noise: 0 }));
  });

  it("leaves out who brings nothing, however large his weight", async () => {
    const silent = { name: "silent", modelId: "", candidates: NO_CANDIDATES };
    const more = samples.map(({ sources, relevant }) => ({ sources: [...sources, silent], relevant }));
    for (const weight of [0.1, 1]) {
      const start = { even: 0.5, odd: 0.5, noise: 0, silent: weight };
      const { best } = await searchFusion({ samples: more, names: [...names, "silent"], trials: 1, start });
      expect(best?.parameters.weights).toEqual({ even: 1, odd: 1, noise: 0, silent: 0 });
    }
  });

  it("gives the same answer for the same seed, and begins with the weights in use", async () => {
    const run = (seed: number) => searchFusion({ samples, names, trials: 12, seed });
    expect(await run(3)).toEqual(await run(3));
    expect(await run(4)).not.toEqual(await run(3));
    const { best } = await searchFusion({ samples, names, trials: 1, start: { even: 1, odd: 0.5, noise: 0 } });
    expect(best?.parameters.weights).toEqual({ even: 1, odd: 0.5, noise: 0 });
  });

  it("stops at an abort, and refuses samples without anything held out", async () => {
    const caller = new AbortController();
    const run = searchFusion({ samples, names, trials: 50, signal: caller.signal, onTrial: () => caller.abort() });
    const error = await run.catch((reason: unknown) => reason);
    expect(FurzeError.is(error) && error.code).toBe("ABORTED");
    const nothing = samples.map(({ sources }) => ({ sources, relevant: new Set<number>() }));
    await expect(searchFusion({ samples: nothing, names, trials: 1 })).rejects.toThrow("no user has held-out feedback");
  });
});
