import { describe, expect, it } from "vitest";
import {
  choice,
  integer,
  logUniform,
  noPruner,
  type Parameters,
  randomSampler,
  type Sampler,
  type Space,
  Study,
  space,
  tpeSampler,
  uniform,
  type ValuesOf,
  variant,
} from "./index.ts";

const plane = space({ x: uniform(-5, 10), y: uniform(0, 15) });
/** Branin's function; three minima of 0.398. */
const branin = ({ x, y }: ValuesOf<typeof plane.parameters>): number =>
  (y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6) ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;

const tree = space({
  model: variant({
    a: { x: logUniform(1e-3, 10), size: integer(1, 256, { log: true }) },
    b: { y: uniform(0, 1), color: choice(["red", "green", "blue"]) },
  }),
});
/** Minimum 0 in variant a; b is better on average, but never below 0.1. */
const treeValue = ({ model }: ValuesOf<typeof tree.parameters>): number =>
  model.kind === "a"
    ? 0.1 * Math.log10(model.x / 0.3) ** 2 + 0.05 * (Math.log2(model.size) - 7) ** 2
    : 0.1 + (model.y - 0.5) ** 2 + (model.color === "green" ? 0 : 0.2);

/** Best values of some seeds, in order. */
function bestValues<S extends Parameters>(
  space: Space<S>,
  value: (parameters: ValuesOf<S>) => number,
  sampler: Sampler,
  trials: number,
): number[] {
  return Array.from({ length: 12 }, (_, seed) => {
    const study = new Study({ space, direction: "minimize", seed, sampler, pruner: noPruner() });
    for (let i = 0; i < trials; i++) {
      const trial = study.ask();
      study.tell(trial.number, { value: value(trial.parameters) });
    }
    return study.bestTrial?.value ?? Number.POSITIVE_INFINITY;
  }).sort((a, b) => a - b);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("tpeSampler", () => {
  it.each([true, false])("finds lower values of Branin's function than random search (multivariate: %s)", (multivariate) => {
    const tpe = bestValues(plane, branin, tpeSampler({ multivariate }), 50);
    const random = bestValues(plane, branin, randomSampler(), 50);
    expect(mean(tpe)).toBeLessThan(0.75 * mean(random));
    expect(tpe[0]).toBeLessThan(0.5);
  });

  it.each([
    { multivariate: true, trials: 50 },
    { multivariate: false, trials: 100 },
  ])("finds the right variant and its parameters: %o", ({ multivariate, trials }) => {
    const tpe = bestValues(tree, treeValue, tpeSampler({ multivariate }), trials);
    const random = bestValues(tree, treeValue, randomSampler(), trials);
    expect(mean(tpe)).toBeLessThan(0.6 * mean(random));
  });

  it("tries the better option more often", () => {
    const colors = space({ color: choice(["red", "green", "blue"]) });
    const study = new Study({ space: colors, direction: "maximize" });
    for (let i = 0; i < 40; i++) {
      const trial = study.ask();
      study.tell(trial.number, { value: trial.parameters.color === "green" ? 1 : 0 });
    }
    const late = study.trials.slice(20).filter(({ parameters }) => parameters.color === "green");
    expect(late.length).toBeGreaterThan(12);
  });

  it("leaves regions where trials fail or are pruned", () => {
    const line = space({ x: uniform(0, 1) });
    const study = new Study({ space: line, direction: "minimize" });
    for (let i = 0; i < 60; i++) {
      const { number, parameters } = study.ask();
      const { x } = parameters;
      if (x < 0.3) study.tell(number, { error: new Error("diverged") });
      else if (x < 0.6) study.tell(number, "pruned");
      else study.tell(number, { value: 1 });
    }
    expect(study.trials.slice(30).filter(({ parameters }) => parameters.x >= 0.6).length).toBeGreaterThan(24);
  });

  it("spreads trials that run at the same time", () => {
    const line = space({ x: uniform(0, 1) });
    const study = new Study({ space: line, direction: "minimize", sampler: tpeSampler({ startupTrials: 4 }) });
    for (let i = 0; i < 20; i++) {
      const { number, parameters } = study.ask();
      study.tell(number, { value: Math.abs(parameters.x - 0.5) });
    }
    const running = Array.from({ length: 6 }, () => study.ask().parameters.x);
    expect(new Set(running.map((x) => x.toFixed(3))).size).toBe(6);
  });

  it("refuses options out of range", () => {
    expect(() => tpeSampler({ startupTrials: 0 })).toThrow("startupTrials");
    expect(() => tpeSampler({ candidates: 1.5 })).toThrow("candidates");
    expect(() => tpeSampler({ goodShare: 1 })).toThrow("goodShare");
  });
});
