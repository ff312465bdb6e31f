import { describe, expect, it } from "vitest";
import { choice, halvingPruner, medianPruner, noPruner, type Pruner, randomSampler, Study, space, variant } from "./index.ts";

const single = space({ model: variant({ a: {}, b: {} }) });

/** Runs trials with the given values at steps 1, 2, ...; returns the step at which each was pruned, 0 for never. */
function prunedAt(
  pruner: Pruner,
  curves: readonly (readonly number[])[],
  kind: (trial: number) => "a" | "b" = () => "a",
): number[] {
  const study = new Study({ space: single, direction: "maximize", sampler: randomSampler(), pruner });
  for (const trial of curves.keys()) study.enqueue({ model: { kind: kind(trial) } });
  return curves.map((curve) => {
    const trial = study.ask();
    for (const [i, value] of curve.entries()) {
      trial.report(i + 1, value);
      if (!trial.shouldPrune()) continue;
      study.tell(trial.number, "pruned");
      return i + 1;
    }
    study.tell(trial.number, { value: curve.at(-1) ?? Number.NaN });
    return 0;
  });
}

const flat = (value: number, length = 9): number[] => Array.from({ length }, () => value);

describe("medianPruner", () => {
  it("gives up trials below the median of the others at the same step", () => {
    const curves = [flat(1), flat(2), flat(3), flat(4), flat(2), flat(1), flat(5)];
    expect(prunedAt(medianPruner({ startupTrials: 4 }), curves)).toEqual([0, 0, 0, 0, 0, 1, 0]);
  });

  it("counts the best value of a trial, not its last", () => {
    const curves = [flat(1), flat(1), flat(1), [2, 0, 0, 0]];
    expect(prunedAt(medianPruner({ startupTrials: 3 }), curves)).toEqual([0, 0, 0, 0]);
  });

  it("waits for the warm-up", () => {
    const curves = [flat(1), flat(1), flat(0)];
    expect(prunedAt(medianPruner({ startupTrials: 2, warmupSteps: 4 }), curves)).toEqual([0, 0, 4]);
  });

  it("spares more trials with a lower quantile", () => {
    const curves = [flat(1), flat(2), flat(3), flat(4), flat(1.5)];
    expect(prunedAt(medianPruner({ quantile: 0.5 }), curves).at(-1)).toBe(1);
    expect(prunedAt(medianPruner({ quantile: 0.25 }), curves).at(-1)).toBe(0);
  });

  it("compares only trials of the same variant", () => {
    const curves = [flat(9), flat(9), flat(9), flat(1), flat(2), flat(0)];
    expect(prunedAt(medianPruner({ startupTrials: 2 }), curves, (trial) => (trial < 3 ? "a" : "b"))).toEqual([
      0, 0, 0, 0, 0, 1,
    ]);
  });
});

describe("halvingPruner", () => {
  it("lets one trial in three go on from each rung", () => {
    const curves = [5, 4, 6, 3, 7, 2, 8, 1, 9].map((value) => flat(value));
    const pruned = prunedAt(halvingPruner({ minSteps: 1, reductionFactor: 3 }), curves);
    // The first two always go on; then only who is among the best third at rungs 1, 3 and 9.
    expect(pruned).toEqual([0, 0, 0, 1, 0, 1, 0, 1, 0]);
  });

  it("prunes late those who fall behind late", () => {
    const curves = [flat(5), flat(5), [...flat(9, 2), ...flat(9, 7)], [10, 10, 10, 10, 10, 10, 10, 10, 10], flat(9.5)];
    expect(prunedAt(halvingPruner({ reductionFactor: 3 }), curves)).toEqual([0, 0, 0, 0, 1]);
  });

  it("begins one rung later in the second bracket", () => {
    const curves = [9, 9, 9, 9, 9, 9, 1, 1].map((value) => flat(value));
    expect(prunedAt(halvingPruner({ reductionFactor: 3, brackets: 2 }), curves).slice(-2)).toEqual([1, 3]);
  });

  it("refuses options out of range", () => {
    expect(() => halvingPruner({ minSteps: 0 })).toThrow("minSteps");
    expect(() => halvingPruner({ reductionFactor: 1 })).toThrow("reductionFactor");
    expect(() => halvingPruner({ brackets: 0 })).toThrow("brackets");
    expect(() => medianPruner({ startupTrials: 0 })).toThrow("startupTrials");
    expect(() => medianPruner({ quantile: 1 })).toThrow("quantile");
  });

  it("minimizes too", () => {
    const study = new Study({
      space: space({ c: choice([1]) }),
      direction: "minimize",
      pruner: medianPruner({ startupTrials: 1 }),
    });
    const report = (value: number): boolean => {
      const trial = study.ask();
      trial.report(1, value);
      const pruned = trial.shouldPrune();
      study.tell(trial.number, { value });
      return pruned;
    };
    expect([report(5), report(4), report(6)]).toEqual([false, false, true]);
  });
});

it("prunes nothing without a pruner", () => {
  expect(prunedAt(noPruner(), [flat(9), flat(9), flat(9), flat(9), flat(9), flat(0)]).every((step) => step === 0)).toBe(true);
});
