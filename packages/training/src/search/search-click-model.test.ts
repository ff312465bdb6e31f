import { FurzeError } from "@furze/core";
import { SeededRandom } from "@furze/dataset";
import { FmSamples } from "@furze/factorization-machine";
import { describe, expect, it } from "vitest";
import { searchClickModel } from "../index.ts";

const SIDE = 40;

/** Pairs of 40 users and 40 items; those of the same of four tastes are mostly positive. */
function tastes(numSamples: number, seed: number): FmSamples {
  const random = new SeededRandom(seed);
  const first = Int32Array.from({ length: numSamples }, () => random.nextInt(SIDE));
  const second = Int32Array.from({ length: numSamples }, () => SIDE + random.nextInt(SIDE));
  const targets = Uint8Array.from(first, (user, sample) =>
    Number(random.next() < (user % 4 === (second[sample] ?? 0) % 4 ? 0.9 : 0.2)),
  );
  const rows = {
    numFeatures: 2 * SIDE,
    offsets: Int32Array.from({ length: 2 * SIDE + 1 }, (_, row) => row),
    indices: Int32Array.from({ length: 2 * SIDE }, (_, row) => row),
  };
  return new FmSamples({ rows, targets, first, second });
}

const samples = tastes(1200, 1);

describe("searchClickModel", () => {
  it("finds parameters at least as good as the defaults, which come first", async () => {
    const scores: (number | undefined)[] = [];
    const { best } = await searchClickModel({ samples, trials: 8, onTrial: ({ score }) => void scores.push(score) });
    expect(scores.length).toBe(8);
    expect(best?.score).toBe(Math.max(...scores.map((score) => score ?? 0)));
    expect(best?.score).toBeGreaterThan(scores[0] ?? 1);
    expect(best?.parameters.numFactors).toBeGreaterThanOrEqual(8);
  });

  it("gives the same answer for the same seed", async () => {
    const run = (seed: number) => searchClickModel({ samples, trials: 5, seed });
    const first = await run(3);
    expect(await run(3)).toEqual(first);
    expect(await run(4)).not.toEqual(first);
  });

  it("begins with the parameters in use", async () => {
    const start = { numFactors: 32, learningRate: 0.03, regularization: 0.0005 };
    const { best } = await searchClickModel({ samples, trials: 1, start });
    expect(best?.parameters.numFactors).toBe(32);
    expect(best?.parameters.learningRate).toBeCloseTo(0.03, 9);
  });

  it("stops at an abort, and refuses samples that are too few", async () => {
    const caller = new AbortController();
    const run = searchClickModel({ samples, trials: 50, signal: caller.signal, onTrial: () => caller.abort() });
    const error = await run.catch((reason: unknown) => reason);
    expect(FurzeError.is(error) && error.code).toBe("ABORTED");
    const { test } = await samples.split({ fraction: 0.002 });
    await expect(searchClickModel({ samples: test, trials: 1 })).rejects.toThrow("too few");
  });
});
