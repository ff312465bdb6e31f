import { AbortError, InvalidArgumentError, InvalidDatasetError, throwIfAborted } from "@furze/core";
import { defaultKernelPool, type KernelPool } from "@furze/kernels";
import { TrainingDivergedError } from "./errors.ts";
import type { ClickMetrics } from "./evaluate.ts";
import type { FmHyperparameters } from "./options.ts";
import { ParameterTable } from "./parameter-table.ts";
import type { FmSamples } from "./samples.ts";
import { dimensionsOf, type RunKernel, Trainee } from "./trainee.ts";

/** What happened in one epoch. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  readonly numEpochs: number;
  /** Time of the epoch without its evaluation. */
  readonly seconds: number;
  /** Mean log-loss of the training samples, each before the step that learned from it. */
  readonly loss: number;
  /** AUC on the validation data, in epochs that were evaluated. */
  readonly score?: number;
  /** Mean log-loss on the validation data, in epochs that were evaluated. */
  readonly validationLoss?: number;
}

/** Options of one fit. */
export interface FitOptions {
  /** Held-out samples of both classes: the epoch with the best AUC on them is kept. Default: the last epoch is. */
  readonly validation?: FmSamples | undefined;
  /** Ends the fit with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each epoch. */
  readonly onEpoch?: ((report: EpochReport) => void) | undefined;
  /** Threads to run on. Default: the pool of the process. */
  readonly pool?: KernelPool | undefined;
}

/** What a fit ends with. The parameters are the caller's to dispose. */
export interface FitResult {
  readonly parameters: ParameterTable;
  readonly bestEpoch: number;
  readonly metrics: ClickMetrics | undefined;
}

/** Refuses samples that nothing can be learned from, or that do not belong together. */
export function checkSamples(samples: FmSamples, validation: FmSamples | undefined): void {
  if (samples.numSamples === 0) throw new InvalidDatasetError("there are no samples to learn from");
  if (samples.numPositive === 0 || samples.numNegative === 0) {
    const missing = samples.numPositive === 0 ? "positive" : "negative";
    throw new InvalidDatasetError(`there are no ${missing} samples, so nothing tells the classes apart`);
  }
  if (validation === undefined) return;
  if (validation.numFeatures !== samples.numFeatures) {
    throw new InvalidArgumentError("validation", "validation must have as many features as the training samples");
  }
  if (dimensionsOf(validation).join() !== dimensionsOf(samples).join()) {
    throw new InvalidArgumentError(
      "validation",
      "validation must have embeddings of the same dimensions as the training samples",
    );
  }
  if (validation.numPositive === 0 || validation.numNegative === 0) {
    throw new InvalidArgumentError("validation", "validation must have samples of both classes");
  }
}

/** Runs epochs until the last, or until patience ends, and keeps the best. */
export async function runEpochs(samples: FmSamples, hyper: FmHyperparameters, fit: FitOptions): Promise<FitResult> {
  const pool = fit.pool ?? defaultKernelPool();
  const { threads, numEpochs, evaluationInterval, patience } = hyper;
  if (threads > pool.threads)
    throw new InvalidArgumentError("threads", `threads is ${threads}, but the pool has ${pool.threads}`);
  const { signal } = fit;
  const run: RunKernel = (job) => pool.run({ ...job, threads, ...(signal === undefined ? {} : { signal }) });
  const trainee = new Trainee(samples, fit.validation, hyper);
  const best = new BestEpoch();
  try {
    for (let epoch = 1; epoch <= numEpochs; epoch++) {
      throwIfAborted(signal);
      const start = performance.now();
      const loss = await trainee.runEpoch(run);
      const seconds = (performance.now() - start) / 1000;
      if ((await trainee.countNonFinite(run)) > 0) throw new TrainingDivergedError(epoch);
      const isEvaluated = epoch % evaluationInterval === 0 || epoch === numEpochs;
      const metrics = isEvaluated ? await trainee.evaluate(run) : undefined;
      if (metrics !== undefined) best.offer(epoch, metrics, trainee.parameters);
      fit.onEpoch?.({ epoch, numEpochs, seconds, loss, ...reported(metrics) });
      if (best.isStale(patience)) break;
    }
    return best.result ?? { parameters: copied(trainee.parameters), bestEpoch: numEpochs, metrics: undefined };
  } catch (error) {
    best.result?.parameters.dispose();
    throw signal?.aborted === true ? new AbortError("the fit was aborted", { cause: error }) : error;
  } finally {
    // The result has a memory of its own: this one has room for the samples too, and goes back now.
    trainee.dispose();
  }
}

/** The best epoch so far with a copy of its parameters. */
class BestEpoch {
  result: FitResult | undefined;
  #misses = 0;

  offer(bestEpoch: number, metrics: ClickMetrics, parameters: ParameterTable): void {
    if (this.result !== undefined && metrics.auc <= (this.result.metrics?.auc ?? 0)) {
      this.#misses++;
      return;
    }
    this.#misses = 0;
    const kept = this.result?.parameters;
    kept?.copyFrom(parameters);
    this.result = { parameters: kept ?? copied(parameters), bestEpoch, metrics };
  }

  isStale(patience: number): boolean {
    return patience > 0 && this.#misses >= patience;
  }
}

function reported(metrics: ClickMetrics | undefined): { score?: number; validationLoss?: number } {
  return metrics === undefined ? {} : { score: metrics.auc, validationLoss: metrics.logLoss };
}

function copied(parameters: ParameterTable): ParameterTable {
  const copy = new ParameterTable(parameters);
  copy.copyFrom(parameters);
  return copy;
}
