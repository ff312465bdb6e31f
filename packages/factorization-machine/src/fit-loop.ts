import { InvalidArgumentError, InvalidDatasetError } from "@furze/core";
import { type EpochProgress, type FitOutcome, type FitThreads, fitThreads, runEpochs } from "@furze/fitting";
import type { KernelPool } from "@furze/kernels";
import type { FmHyperparameters } from "./options.ts";
import type { ParameterTable } from "./parameter-table.ts";
import type { FmSamples } from "./samples.ts";
import { type ClickEvaluation, dimensionsOf, Trainee } from "./trainee.ts";

/** What happened in one epoch; `score` and `validationLoss` are there in epochs that were evaluated. */
export type EpochReport = EpochProgress &
  Partial<ClickEvaluation> & {
    /** Mean log-loss of the training samples, each before the step that learned from it. */
    readonly loss: number;
  };

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
export async function fitParameters(
  samples: FmSamples,
  hyper: FmHyperparameters,
  fit: FitOptions,
): Promise<FitOutcome<ParameterTable, ClickEvaluation>> {
  const threads = fitThreads({ ...fit, threads: hyper.threads });
  const trainee = await Trainee.open({ samples, validation: fit.validation, hyper, signal: fit.signal });
  const inTraining = {
    parameters: trainee.parameters,
    runEpoch: async ({ run }: FitThreads, epoch: number) => ({ loss: await trainee.runEpoch(run, epoch) }),
    evaluate: ({ run }: FitThreads) => trainee.evaluate(run),
  };
  return runEpochs(inTraining, hyper, threads, fit.onEpoch);
}
