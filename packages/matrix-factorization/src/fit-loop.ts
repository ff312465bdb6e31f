import { InvalidArgumentError, InvalidDatasetError } from "@furze/core";
import type { UserItemMatrix } from "@furze/dataset";
import {
  type EpochProgress,
  type Evaluation,
  type FitOutcome,
  type FitThreads,
  fitThreads,
  type RunKernel,
  runEpochs,
  type Trainee,
} from "@furze/fitting";
import type { KernelPool } from "@furze/kernels";
import { evaluateRanking } from "@furze/metrics";
import type { Factors } from "./factors.ts";
import type { CommonOptions } from "./options.ts";
import { topItemsOfUsers } from "./top-items.ts";

/** What happened in one epoch; `score` is the NDCG on the validation data, in epochs that were evaluated. */
export type EpochReport = EpochProgress & Partial<Evaluation>;

/** Options of one fit. */
export interface FitOptions {
  /** Held-out entries, same shape as the training matrix: the epoch with the best NDCG on them is kept. Default: the last epoch is. */
  readonly validation?: UserItemMatrix | undefined;
  /** Ends the fit with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each epoch. */
  readonly onEpoch?: ((report: EpochReport) => void) | undefined;
  /** Threads to run on. Default: the pool of the process. */
  readonly pool?: KernelPool | undefined;
}

/** A factor model in training. */
export interface FactorTrainee {
  readonly factors: Factors;
  /** Items that may be recommended. */
  readonly trainedItems: Uint8Array;
  runEpoch(run: RunKernel, epoch: number): Promise<void>;
}

/** More users than this are not evaluated: evenly spaced ones stand for all, so that evaluation stays cheaper than training. */
const MAX_EVALUATED_USERS = 10_000;

/** Refuses matrices that nothing can be learned from, or that do not belong together. */
export function checkMatrices(matrix: UserItemMatrix, validation: UserItemMatrix | undefined): void {
  if (matrix.numEntries === 0 || matrix.values?.every((value) => value <= 0) === true) {
    throw new InvalidDatasetError("the matrix has no positive entry to learn from");
  }
  const negative = matrix.values?.find((value) => value < 0);
  if (negative !== undefined) throw new InvalidDatasetError(`weights must not be negative, the matrix has ${negative}`);
  if (validation !== undefined && (validation.numUsers !== matrix.numUsers || validation.numItems !== matrix.numItems)) {
    throw new InvalidArgumentError("validation", "validation must have the shape of the training matrix");
  }
}

/** Runs epochs until the last, or until patience ends, and keeps the best. Disposes the trainee's factors: the outcome has its own. */
export function fitFactors(
  trainee: FactorTrainee,
  matrix: UserItemMatrix,
  options: CommonOptions,
  fit: FitOptions,
): Promise<FitOutcome<Factors, Evaluation>> {
  const { validation } = fit;
  const inTraining: Trainee<Factors, object, Evaluation> = {
    parameters: trainee.factors,
    async runEpoch({ run }, epoch) {
      await trainee.runEpoch(run, epoch);
      return {};
    },
    async evaluate(threads) {
      if (validation === undefined) return undefined;
      return { score: await evaluate(trainee, matrix, validation, { ...threads, k: options.evaluationK }) };
    },
  };
  return runEpochs(inTraining, options, fitThreads({ ...fit, threads: options.threads }), fit.onEpoch);
}

async function evaluate(
  { factors, trainedItems }: FactorTrainee,
  matrix: UserItemMatrix,
  validation: UserItemMatrix,
  { k, ...how }: FitThreads & { readonly k: number },
): Promise<number> {
  const all: number[] = [];
  for (let user = 0; user < validation.numUsers; user++)
    if (validation.userOffsets[user + 1]! > validation.userOffsets[user]!) all.push(user);
  const step = Math.max(1, all.length / MAX_EVALUATED_USERS);
  const users = Int32Array.from({ length: Math.ceil(all.length / step) }, (_, i) => all[Math.floor(i * step)]!);
  const exclude = rowsOf(matrix, users);
  const { itemIndices } = await topItemsOfUsers(factors, trainedItems, users, { ...how, limit: k, exclude });
  return evaluateRanking({ recommended: itemIndices, k, relevant: rowsOf(validation, users) }).ndcg;
}

/** The rows of some users, one after the other. */
function rowsOf(matrix: UserItemMatrix, users: Int32Array): { offsets: Int32Array; indices: Int32Array } {
  const offsets = new Int32Array(users.length + 1);
  for (let i = 0; i < users.length; i++) {
    const user = users[i]!;
    offsets[i + 1] = offsets[i]! + matrix.userOffsets[user + 1]! - matrix.userOffsets[user]!;
  }
  const indices = new Int32Array(offsets[users.length]!);
  for (let i = 0; i < users.length; i++) {
    const user = users[i]!;
    indices.set(matrix.itemIndices.subarray(matrix.userOffsets[user]!, matrix.userOffsets[user + 1]!), offsets[i]!);
  }
  return { offsets, indices };
}
