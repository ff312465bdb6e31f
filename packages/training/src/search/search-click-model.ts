import {
  type ChoiceParameter,
  choice,
  logUniform,
  medianPruner,
  type RealParameter,
  type Space,
  Study,
  space,
  type Trial,
} from "@furze/automl";
import { type CallOptions, InvalidDatasetError } from "@furze/core";
import { Fm, type FmSamples } from "@furze/factorization-machine";
import { type ClickParameters, clickModelOptions, DEFAULT_CLICK_PARAMETERS } from "./click-parameters.ts";
import { runTrial } from "./run-trial.ts";

/** Options of `searchClickModel`; at least one of `trials`, `timeLimitMs` and `signal` must be given. */
export interface ClickSearchOptions extends CallOptions {
  /** All that is known: the search holds a part out itself. */
  readonly samples: FmSamples;
  /** Trials, >= 1. Default: no limit. */
  readonly trials?: number | undefined;
  /** Time, milliseconds, > 0. The trial that the limit interrupts counts with what it has reached. Default: no limit. */
  readonly timeLimitMs?: number | undefined;
  /** Seed of the split, of the trials and of the models; a safe integer. Default 0. */
  readonly seed?: number | undefined;
  /** Parameters to try first, such as those in use. Default: none. */
  readonly start?: ClickParameters | undefined;
  /** Called after each trial, with its number from 0. */
  readonly onTrial?: ((trial: { readonly number: number; readonly score: number | undefined }) => void) | undefined;
}

export interface ClickSearchResult {
  /** Undefined if there was no time for a single evaluation. */
  readonly best: { readonly parameters: ClickParameters; readonly score: number } | undefined;
}

const TEST_SHARE = 0.2;
const MOST_EPOCHS = 50;
/** Evaluations without a better score that end a trial. */
const PATIENCE = 5;
/** Evaluations before a trial may be given up: few epochs with small steps say little. */
const WARMUP = 5;

const SIZES = [8, 16, 32, 64];

/** One dimension for each parameter. */
type ClickSpace = {
  readonly numFactors: ChoiceParameter<number>;
  readonly learningRate: RealParameter;
  readonly regularization: RealParameter;
};

const SPACE: Space<ClickSpace> = space<ClickSpace>({
  numFactors: choice(SIZES, { ordered: true }),
  learningRate: logUniform(0.0005, 0.05),
  regularization: logUniform(1e-6, 0.01),
});

/**
 * Searches for the click model that tells best what people like: number of factors, learning rate, penalty. A random fifth of the samples
 * is held out; trials are scored by the AUC on it, at their best epoch. TPE proposes, the defaults come first, trials behind the
 * median are given up. Without a time limit, equal seeds give equal results for fewer than 100,000 samples.
 *
 * @throws {InvalidDatasetError} if there are too few samples to hold a part of both classes out
 * @throws {AbortError} if the signal is aborted
 * Cost: memory of one fit with validation.
 */
export async function searchClickModel(options: ClickSearchOptions): Promise<ClickSearchResult> {
  const { samples, trials, timeLimitMs, seed = 0, start, signal, onTrial } = options;
  const { train, test } = await samples.split({ fraction: TEST_SHARE, seed, signal });
  if ([train, test].some(({ numPositive, numNegative }) => numPositive === 0 || numNegative === 0))
    throw new InvalidDatasetError(`${samples.numSamples} samples are too few to hold a part out`);
  const study = new Study({ space: SPACE, direction: "maximize", seed, pruner: medianPruner({ warmupSteps: WARMUP }) });
  for (const first of start === undefined ? [DEFAULT_CLICK_PARAMETERS] : [start, DEFAULT_CLICK_PARAMETERS])
    study.enqueue(first);
  const objective = (trial: Trial<ClickParameters>, context: { readonly signal: AbortSignal }) =>
    runTrial(trial, context.signal, ({ signal: fitSignal, onScore }) => {
      const parameters = clickModelOptions(trial.parameters, samples.numSamples);
      const fm = new Fm({ ...parameters, numEpochs: MOST_EPOCHS, patience: PATIENCE, seed });
      return fm.fit(train, {
        validation: test,
        signal: fitSignal,
        onEpoch: ({ epoch, score }) => score !== undefined && onScore(epoch, score),
      });
    });
  await study.optimize(objective, {
    trials,
    timeLimitMs,
    signal,
    onTrial: ({ number, value }) => onTrial?.({ number, score: value }),
  });
  const best = study.bestTrial;
  return { best: best && { parameters: best.parameters, score: best.value } };
}
