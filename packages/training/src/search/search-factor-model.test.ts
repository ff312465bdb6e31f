import { FurzeError } from "@furze/core";
import { randomSplit, SeededRandom, UserItemMatrix } from "@furze/dataset";
import { describe, expect, it } from "vitest";
import { type FactorParameters, type FactorTrial, factorModel, searchFactorModel } from "../index.ts";

const NUM_ITEMS = 80;

/** Users of four tastes, and some noise. */
function tastes(numUsers: number, seed: number): UserItemMatrix {
  const random = new SeededRandom(seed);
  const rows = Array.from({ length: numUsers }, (_, user) => {
    const items = Array.from({ length: 12 }, () =>
      random.next() < 0.8 ? (user % 4) + 4 * random.nextInt(NUM_ITEMS / 4) : random.nextInt(NUM_ITEMS),
    );
    return [...new Set(items)];
  });
  return UserItemMatrix.fromRows({ numItems: NUM_ITEMS, rows });
}

const matrix = tastes(200, 1);

describe("searchFactorModel", () => {
  it("finds parameters that are at least as good as the first ones, and fits them", async () => {
    const trials: FactorTrial[] = [];
    const { best } = await searchFactorModel({
      matrix,
      trials: 16,
      maxFactors: 32,
      onTrial: (trial) => void trials.push(trial),
    });
    const scores = trials.map(({ score }) => score ?? 0);
    expect(best?.score).toBe(Math.max(...scores));
    expect(best?.score).toBeGreaterThan(0.15);
    expect(new Set(trials.map(({ parameters }) => parameters.kind))).toEqual(new Set(["als", "bpr"]));
    if (best === undefined) return;
    using model = await factorModel(best.parameters).fit(matrix);
    expect(model.kind).toBe(best.parameters.kind);
    expect(model.bestEpoch).toBe(best.parameters.numEpochs);
  });

  it("gives the same answer for the same seed", async () => {
    const run = (seed: number) => searchFactorModel({ matrix, trials: 12, models: ["als"], maxFactors: 32, seed });
    const first = await run(5);
    expect((await run(5)).best).toEqual(first.best);
    expect((await run(6)).best).not.toEqual(first.best);
  });

  it("takes the last epoch that is as good as the best", async () => {
    const { best, study } = await searchFactorModel({ matrix, trials: 3, models: ["als"], maxFactors: 16 });
    const steps = study.trials.find((trial) => trial.value === best?.score)?.steps ?? [];
    const bestEpoch = steps.find(([, value]) => value === best?.score)?.[0] ?? Number.NaN;
    expect(best?.parameters.numEpochs).toBeGreaterThanOrEqual(bestEpoch);
    if (best === undefined) return;
    const { train, test } = randomSplit(matrix, { fraction: 0.1 });
    const scores: number[] = [];
    const all = factorModel({ ...best.parameters, numEpochs: 24 }, { seed: 0, patience: 0 });
    using _ = await all.fit(train, { validation: test, onEpoch: ({ score }) => void scores.push(score ?? 0) });
    expect(Math.max(...scores.slice(0, steps.length))).toBe(best.score);
    const isGood = (score: number): boolean => score >= 0.99 * Math.max(...scores);
    expect(isGood(scores[best.parameters.numEpochs - 1] ?? 0)).toBe(true);
    expect(scores.slice(best.parameters.numEpochs).some(isGood)).toBe(false);
  });

  it("continues where it was interrupted", async () => {
    const options = { matrix, models: ["als"], maxFactors: 32, seed: 3 } as const;
    const whole = await searchFactorModel({ ...options, trials: 12 });
    let saved = "";
    const caller = new AbortController();
    const interrupted = searchFactorModel({
      ...{ ...options, trials: 12, signal: caller.signal },
      onTrial: ({ number }, save) => {
        saved = JSON.stringify(save());
        if (number === 6) caller.abort();
      },
    });
    const error = await interrupted.catch((reason: unknown) => reason);
    expect(FurzeError.is(error) && error.code).toBe("ABORTED");
    const resumed = await searchFactorModel({ ...options, trials: 5, resume: JSON.parse(saved) });
    expect(resumed.best).toEqual(whole.best);
    await expect(searchFactorModel({ ...options, maxFactors: 64, trials: 1, resume: JSON.parse(saved) })).rejects.toThrow(
      "space",
    );
  });

  it("begins with the parameters in use", async () => {
    const start: FactorParameters = {
      ...{ kind: "als", numFactors: 24, numEpochs: 7 },
      ...{ alpha: 0.2, regularization: 0.05, regularizationExponent: 0.75 },
    };
    const trials: FactorTrial[] = [];
    await searchFactorModel({ matrix, trials: 1, start, onTrial: (trial) => void trials.push(trial) });
    expect(trials[0]?.parameters).toMatchObject({ kind: "als", numFactors: 24, alpha: 0.2, regularizationExponent: 0.75 });
    expect(trials[0]?.parameters.regularization).toBeCloseTo(0.05, 9);
  });

  it("ends at the time limit, with what it has by then", async () => {
    const { best, study } = await searchFactorModel({ matrix, timeLimitMs: 500 });
    expect(best?.score).toBeGreaterThan(0);
    // The smallest models come first.
    expect(study.trials[0]?.point["model.als.numFactors"]).toBe(0);
  });

  it("refuses data and options that lead nowhere", async () => {
    const tiny = UserItemMatrix.fromRows({ numItems: 2, rows: [[0]] });
    await expect(searchFactorModel({ matrix: tiny, trials: 1 })).rejects.toThrow("too few");
    await expect(searchFactorModel({ matrix })).rejects.toThrow("needs an end");
    await expect(searchFactorModel({ matrix, trials: 1, models: [] })).rejects.toThrow("variant");
    await expect(searchFactorModel({ matrix, trials: 1, maxFactors: 8 })).rejects.toThrow("no size to try");
    await expect(searchFactorModel({ matrix, trials: 1, validationFraction: 1 })).rejects.toThrow("validationFraction");
  });
});
