import { AbortError, throwIfAborted } from "@furze/core";
import { BestEpoch } from "./best-epoch.ts";
import { TrainingDivergedError } from "./errors.ts";
import type { FitThreads } from "./fit-threads.ts";

/** Numbers that a fit improves, in memory of their own. */
export interface Trainable<Self> {
  /** Others of the same shape and value. */
  clone(): Self;
  /** Overwrites these numbers with others of the same shape. */
  copyFrom(other: Self): void;
  /** How many of them are infinite or NaN. */
  countNonFinite(threads: FitThreads): Promise<number>;
  dispose(): void;
}

/** How good an epoch is on held-out data. */
export interface Evaluation {
  /** The greater the better. */
  readonly score: number;
}

/** A model in training: its parameters, how to improve them by one epoch, and how to judge them. */
export interface Trainee<Parameters, Report extends object, Result extends Evaluation> {
  readonly parameters: Parameters;
  /** Improves the parameters; returns what a progress report shall say beside the time. Epochs count from 1. */
  runEpoch(threads: FitThreads, epoch: number): Promise<Report>;
  /** Judges the parameters; undefined when there is nothing to judge them by. */
  evaluate(threads: FitThreads): Promise<Result | undefined>;
}

/** When to evaluate and when to stop. */
export interface FitSchedule {
  /** Most epochs, at least 1. */
  readonly numEpochs: number;
  /** Epochs between two evaluations, at least 1; the last is always evaluated. */
  readonly evaluationInterval: number;
  /** Stop after this many evaluations without a new best, 0 for never. */
  readonly patience: number;
}

/** What happened in one epoch. */
export interface EpochProgress {
  /** From 1. */
  readonly epoch: number;
  readonly numEpochs: number;
  /** Time of the epoch without its evaluation. */
  readonly seconds: number;
}

/** What a fit ends with. */
export interface FitOutcome<Parameters, Result> {
  /** The caller's to dispose. */
  readonly parameters: Parameters;
  /** Epoch, counted from 1, that the parameters are from. */
  readonly bestEpoch: number;
  /** How that epoch was judged; undefined when none was. */
  readonly evaluation: Result | undefined;
}

/**
 * Runs epochs until the last, or until patience ends, and keeps the best; without evaluations, the last. Of equal scores the earlier
 * epoch is the better one. The trainee's own parameters are disposed in any case: the outcome has copies, as what a fit needs beside
 * them often lies in the same memory.
 *
 * @param onEpoch called after each epoch, with the evaluation where there was one
 * @throws {TrainingDivergedError} if parameters are not finite after an epoch
 * @throws {AbortError} if the signal is aborted
 * Cost: the trainee's, and a copy of the parameters for each new best.
 */
export async function runEpochs<Parameters extends Trainable<Parameters>, Report extends object, Result extends Evaluation>(
  trainee: Trainee<Parameters, Report, Result>,
  schedule: FitSchedule,
  threads: FitThreads,
  onEpoch?: (report: EpochProgress & Report & Partial<Result>) => void,
): Promise<FitOutcome<Parameters, Result>> {
  const { numEpochs, evaluationInterval, patience } = schedule;
  const { parameters } = trainee;
  const best = new BestEpoch<Parameters, Result>(patience);
  try {
    for (let epoch = 1; epoch <= numEpochs && !best.isStale; epoch++) {
      throwIfAborted(threads.signal);
      const start = performance.now();
      const report = await trainee.runEpoch(threads, epoch);
      const seconds = (performance.now() - start) / 1000;
      if ((await parameters.countNonFinite(threads)) > 0) throw new TrainingDivergedError(epoch);
      const isEvaluated = epoch % evaluationInterval === 0 || epoch === numEpochs;
      const evaluation = isEvaluated ? await trainee.evaluate(threads) : undefined;
      if (evaluation !== undefined) best.offer(epoch, evaluation, parameters);
      onEpoch?.({ epoch, numEpochs, seconds, ...report, ...evaluation } as EpochProgress & Report & Partial<Result>);
    }
    return best.outcome ?? { parameters: parameters.clone(), bestEpoch: numEpochs, evaluation: undefined };
  } catch (error) {
    best.outcome?.parameters.dispose();
    throw threads.signal?.aborted === true ? new AbortError("the fit was aborted", { cause: error }) : error;
  } finally {
    parameters.dispose();
  }
}
