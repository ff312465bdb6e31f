import { medianPruner, Study, type Trial, type TrialRecord } from "@furze/automl";
import { InvalidArgumentError, InvalidDatasetError } from "@furze/core";
import { randomSplit, type Split, type UserItemMatrix } from "@furze/dataset";
import type { EpochReport } from "@furze/matrix-factorization";
import { type FactorParameters, factorModel } from "./factor-parameters.ts";
import type { FactorSearchOptions, FactorSearchResult } from "./factor-search-options.ts";
import {
  type FactorSpace,
  type FactorValues,
  factorSpace,
  RowWeights,
  sizesBetween,
  toParameters,
  toValues,
} from "./factor-space.ts";
import { runTrial } from "./run-trial.ts";
import { TrialCost } from "./trial-cost.ts";

/** Most epochs of a trial, epochs between two evaluations, and the epochs that a usual trial runs. */
const SCHEDULES = {
  als: { numEpochs: 24, evaluationInterval: 1, usualEpochs: 16 },
  bpr: { numEpochs: 60, evaluationInterval: 5, usualEpochs: 50 },
} as const;
/** Share of the time that is kept for the last look at the best model. */
const LAST_LOOK_SHARE = 0.05;
/** Scores that differ by less are the same, relative: about the standard error of the NDCG of some thousand users. */
const TOLERANCE = 0.01;
/** Share of the time that a trial may take, at the beginning and at the end: small models first. */
const TRIAL_SHARES = [1 / 300, 1 / 20] as const;
/** Evaluations before a trial may be given up. */
const WARMUP = 5;

/** Where a search begins for each model: the defaults of the models. */
const FIRST: Readonly<Record<FactorParameters["kind"], FactorParameters>> = {
  als: { kind: "als", numFactors: 64, numEpochs: 16, alpha: 0.5, regularization: 0.007, regularizationExponent: 1 },
  bpr: { kind: "bpr", numFactors: 64, numEpochs: 100, learningRate: 0.05, regularization: 0.01 },
};

/**
 * Searches for the factor model that ranks best: ALS or BPR, number of factors, penalties, weights, epochs.
 * A random part of the entries is held out; trials are scored by the NDCG of full rankings on it, at their best epoch.
 * TPE proposes, the best is tried with more factors too, trials behind the median of their kind are given up. With a time limit,
 * small models come first: what their epochs took tells how large a model a trial may have; the trial that the limit interrupts
 * counts with what it has reached.
 * Without a time limit, equal seeds give equal results for ALS.
 *
 * @returns the best parameters, `numEpochs` included: fit them on everything with `factorModel(parameters).fit(matrix)`
 * @throws {InvalidDatasetError} if the matrix is too small to hold a part out
 * @throws {InvalidArgumentError} if an option is out of range, or `resume` is of another search
 * @throws {AbortError} if the signal is aborted
 * Cost: memory of one fit and a second copy of the matrix.
 */
export async function searchFactorModel(options: FactorSearchOptions): Promise<FactorSearchResult> {
  const search = new FactorSearch(options);
  await search.run();
  return await search.result();
}

class FactorSearch {
  readonly #options: FactorSearchOptions;
  readonly #sizes: readonly number[];
  readonly #split: Split;
  readonly #weights: RowWeights;
  readonly #study: Study<FactorSpace>;
  readonly #cost = new TrialCost();
  /** Places that climbing has led to. */
  readonly #climbed = new Set<string>();
  readonly #startMs = performance.now();

  constructor(options: FactorSearchOptions) {
    const { matrix, seed = 0, models = ["als", "bpr"], validationFraction = 0.1, resume } = options;
    this.#options = options;
    this.#sizes = sizesBetween(options.minFactors ?? 16, options.maxFactors ?? 256);
    this.#split = holdOut(matrix, validationFraction, seed);
    this.#weights = new RowWeights(matrix);
    const space = factorSpace(models, this.#sizes);
    const pruner = medianPruner({ warmupSteps: WARMUP });
    if (resume !== undefined) {
      this.#study = Study.fromJSON(resume, { space, pruner });
      return;
    }
    this.#study = new Study({ space, direction: "maximize", seed, pruner });
    const first = models.map((kind) => FIRST[kind]);
    // The smallest models tell what larger ones will cost.
    const probes = options.timeLimitMs === undefined ? [] : first.map((parameters) => ({ ...parameters, numFactors: 1 }));
    for (const parameters of [...probes, ...(options.start === undefined ? [] : [options.start]), ...first]) {
      this.#study.enqueue(toValues(parameters, this.#sizes, this.#weights));
    }
  }

  async run(): Promise<void> {
    const { trials, timeLimitMs, signal, onTrial } = this.#options;
    const searchMs = timeLimitMs === undefined ? undefined : timeLimitMs * (1 - LAST_LOOK_SHARE);
    await this.#study.optimize((trial, context) => this.#try(trial, context.signal), {
      ...{ trials, timeLimitMs: searchMs, signal },
      adjust: ({ model }) => ({ model: { ...model, numFactors: this.#affordable(model.kind, model.numFactors) } }),
      onTrial: ({ number, state, parameters, value, error, durationMs }) => {
        this.#climb();
        const { numEpochs } = SCHEDULES[parameters.model.kind];
        const own = toParameters(parameters, numEpochs, this.#weights);
        onTrial?.({ number, state, parameters: own, score: value, error, durationMs }, () => this.#study.toJSON());
      },
    });
  }

  async result(): Promise<FactorSearchResult> {
    const study = this.#study.toJSON();
    const trial = this.#study.bestTrial;
    if (trial === undefined) return { best: undefined, study };
    const { parameters, steps, value: score } = trial;
    const bestStep = steps.find(({ value }) => value === score)?.step ?? 1;
    const { kind } = parameters.model;
    // More epochs of BPR would be another schedule of its learning rate.
    const numEpochs =
      kind === "bpr" ? bestStep * SCHEDULES.bpr.evaluationInterval : await this.#lastGoodEpoch(parameters, bestStep);
    return { best: { parameters: toParameters(parameters, numEpochs, this.#weights), score }, study };
  }

  /**
   * The last epoch of an ALS model that scores as well as its best. Trials end when they have settled, and an early peak on few held-out
   * entries says little: a fit on everything has more to learn and overfits later.
   */
  async #lastGoodEpoch(values: FactorValues, bestEpoch: number): Promise<number> {
    const { seed, k = 10, pool, signal, timeLimitMs } = this.#options;
    const parameters = toParameters(values, SCHEDULES.als.numEpochs, this.#weights);
    const fitter = factorModel(parameters, { seed, patience: 0, evaluationK: k });
    const scores: number[] = [];
    const limit = timeLimitMs === undefined ? [] : [AbortSignal.timeout(Math.max(0, this.#leftMs(timeLimitMs)))];
    const fitSignal = AbortSignal.any([...limit, ...(signal === undefined ? [] : [signal])]);
    const onEpoch = ({ score }: EpochReport): void => void scores.push(score ?? 0);
    try {
      using _model = await fitter.fit(this.#split.train, { validation: this.#split.test, signal: fitSignal, onEpoch, pool });
    } catch (error) {
      if (signal?.aborted === true || !fitSignal.aborted) throw error;
    }
    const bar = Math.max(...scores) * (1 - TOLERANCE);
    return Math.max(bestEpoch, scores.findLastIndex((score) => score >= bar) + 1);
  }

  #leftMs(timeLimitMs: number): number {
    return Math.ceil(timeLimitMs - (performance.now() - this.#startMs));
  }

  /** Number of factors, up to the wanted one, that a trial may have now. */
  #affordable(kind: FactorParameters["kind"], wanted: number): number {
    const { timeLimitMs } = this.#options;
    if (timeLimitMs === undefined) return wanted;
    const elapsedMs = performance.now() - this.#startMs;
    const [first, last] = TRIAL_SHARES;
    const limitMs = Math.min(timeLimitMs - elapsedMs, timeLimitMs * first + elapsedMs * (last - first));
    return this.#cost.affordable(kind, wanted, this.#sizes, SCHEDULES[kind].usualEpochs, limitMs);
  }

  /** Has the best model tried with the next number of factors: mostly more is better, and the rest fits as it is. */
  #climb(): void {
    const model = this.#study.bestTrial?.parameters.model;
    const larger = this.#sizes.find((size) => size > (model?.numFactors ?? Number.POSITIVE_INFINITY));
    if (model === undefined || larger === undefined || this.#affordable(model.kind, larger) < larger) return;
    const values: FactorValues = { model: { ...model, numFactors: larger } };
    const place = placeOf(values);
    // After a resumed search has run what was queued, the set is empty but the trials are there.
    if (this.#climbed.has(place) || this.#study.trials.some(({ parameters }) => placeOf(parameters) === place)) return;
    this.#climbed.add(place);
    this.#study.enqueue(values);
  }

  /** An earlier trial of the same place: what can be afforded, and climbing, may lead there twice. */
  #completed(values: FactorValues): TrialRecord<FactorValues> | undefined {
    const place = placeOf(values);
    return this.#study.trials.find(({ state, parameters }) => state === "complete" && placeOf(parameters) === place);
  }

  async #try(trial: Trial<FactorValues>, signal: AbortSignal): Promise<number | undefined> {
    const known = this.#completed(trial.parameters);
    if (known !== undefined) {
      for (const { step, value } of known.steps) trial.report(step, value);
      return known.value;
    }
    const { seed, k = 10, pool } = this.#options;
    const { kind, numFactors } = trial.parameters.model;
    const { numEpochs, evaluationInterval } = SCHEDULES[kind];
    const parameters = toParameters(trial.parameters, numEpochs, this.#weights);
    const fitter = factorModel(parameters, { seed, evaluationInterval, patience: 0, evaluationK: k });
    const start = performance.now();
    return runTrial(trial, signal, (controls) => {
      const onEpoch = ({ epoch, score }: EpochReport): void => {
        this.#cost.observe(kind, numFactors, (performance.now() - start) / epoch);
        if (score !== undefined) controls.onScore(epoch / evaluationInterval, score);
      };
      return fitter.fit(this.#split.train, { validation: this.#split.test, signal: controls.signal, onEpoch, pool });
    });
  }
}

/** Equal for equal places. */
function placeOf({ model }: FactorValues): string {
  return JSON.stringify(Object.entries(model).sort());
}

function holdOut(matrix: UserItemMatrix, fraction: number, seed: number): Split {
  if (!(fraction > 0 && fraction < 1)) {
    throw new InvalidArgumentError("validationFraction", `validationFraction must be above 0 and below 1, got ${fraction}`);
  }
  const split = randomSplit(matrix, { fraction, seed });
  if (split.train.numEntries === 0 || split.test.numEntries === 0) {
    throw new InvalidDatasetError(`${matrix.numEntries} entries are too few to hold a part out`);
  }
  return split;
}
