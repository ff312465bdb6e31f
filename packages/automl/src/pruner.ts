import { InvalidArgumentError } from "@furze/core";
import { bestReport, type Direction, isBetter, type TrialView } from "./trial-record.ts";

/** What a pruner may look at. */
export interface PruneRequest {
  readonly direction: Direction;
  /** The trial that has just reported. */
  readonly trial: TrialView;
  /** Other trials that chose the same variants: steps of different ones do not compare. */
  readonly others: readonly TrialView[];
}

/** Tells which trials to give up. Make one with `noPruner`, `medianPruner` or `halvingPruner`. */
export interface Pruner {
  /** @internal */
  shouldPrune(request: PruneRequest): boolean;
}

/** Lets every trial run to its end. */
export function noPruner(): Pruner {
  return { shouldPrune: () => false };
}

/** Options of `medianPruner`. */
export interface MedianPrunerOptions {
  /** Others that must have got to a step before a trial is given up there, >= 1. Default 4. */
  readonly startupTrials?: number;
  /** Nothing is given up before this step. Default 1. */
  readonly warmupSteps?: number;
  /** Share of the others that a trial must not be behind of: 0.5 is the median, 0.25 spares more trials; in (0, 1). Default 0.5. */
  readonly quantile?: number;
}

/**
 * Gives up a trial whose best value so far is worse than the median of what others had at the same step.
 *
 * @throws {InvalidArgumentError} naming the option that is out of range
 * Source: Golovin et al., "Google Vizier", KDD 2017 (median stopping rule).
 */
export function medianPruner(options: MedianPrunerOptions = {}): Pruner {
  const { startupTrials = 4, warmupSteps = 1, quantile = 0.5 } = options;
  positive("startupTrials", startupTrials);
  if (!(quantile > 0 && quantile < 1)) {
    throw new InvalidArgumentError("quantile", `quantile must be above 0 and below 1, got ${quantile}`);
  }
  return {
    shouldPrune({ direction, trial, others }) {
      const step = trial.steps.at(-1)?.step;
      if (step === undefined || step < warmupSteps) return false;
      const values = bestOthers(others, direction, step);
      const own = bestReport(trial, direction, step);
      if (own === undefined || values.length < startupTrials) return false;
      // Worst first, so that the position is the share of the others that are worse.
      const bar = values.toReversed()[Math.floor(quantile * (values.length - 1))];
      return bar !== undefined && isBetter(bar, own, direction);
    },
  };
}

/** Options of `halvingPruner`. */
export interface HalvingPrunerOptions {
  /** First step at which trials are given up, >= 1. Default 1. */
  readonly minSteps?: number;
  /** One in so many trials goes on from each rung, and rungs lie so many times further apart; at least 2. Default 3. */
  readonly reductionFactor?: number;
  /**
   * Above 1, trials take turns in so many brackets, each of which begins one rung later: safe against trials that start
   * slowly, at the price of more steps for bad ones (Hyperband). Default 1.
   */
  readonly brackets?: number;
}

/**
 * Asynchronous successive halving: at steps minSteps, minSteps * reductionFactor, ... only the best one in
 * `reductionFactor` of the trials that got there goes on. The first trials to get to a rung always do.
 *
 * @throws {InvalidArgumentError} naming the option that is out of range
 * Sources: Li et al., "A system for massively parallel hyperparameter tuning", MLSys 2020; Li et al., "Hyperband", JMLR 2018.
 */
export function halvingPruner(options: HalvingPrunerOptions = {}): Pruner {
  const minSteps = positive("minSteps", options.minSteps ?? 1);
  const brackets = positive("brackets", options.brackets ?? 1);
  const factor = options.reductionFactor ?? 3;
  if (!(factor >= 2 && factor < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError("reductionFactor", `reductionFactor must be at least 2, got ${factor}`);
  }
  return {
    shouldPrune({ direction, trial, others }) {
      const step = trial.steps.at(-1)?.step ?? 0;
      const before = trial.steps.at(-2)?.step ?? 0;
      const bracket = trial.number % brackets;
      const peers = others.filter(({ number }) => number % brackets === bracket);
      // A report may step over rungs; the highest that it has reached decides.
      let rung = minSteps * factor ** bracket;
      if (step < rung) return false;
      while (rung * factor <= step) rung *= factor;
      if (before >= rung) return false;
      const own = bestReport(trial, direction, step);
      const values = bestOthers(peers, direction, rung);
      const numBetter = values.filter((value) => own !== undefined && isBetter(value, own, direction)).length;
      const places = Math.max(1, Math.floor((values.length + 1) / factor));
      return values.length + 1 >= factor && numBetter >= places;
    },
  };
}

/** Best values up to a step of the trials that got there, best first. */
function bestOthers(others: readonly TrialView[], direction: Direction, step: number): number[] {
  return others
    .filter((other) => (other.steps.at(-1)?.step ?? 0) >= step)
    .map((other) => bestReport(other, direction, step))
    .filter((value) => value !== undefined)
    .sort((a, b) => (direction === "maximize" ? b - a : a - b));
}

function positive(path: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError(path, `${path} must be an integer of at least 1, got ${value}`);
  }
  return value;
}
