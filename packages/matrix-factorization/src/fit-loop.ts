import { AbortError, InvalidArgumentError, InvalidDatasetError, throwIfAborted } from "@furze/core";
import type { UserItemMatrix } from "@furze/dataset";
import { defaultKernelPool, type KernelJob, type KernelPool } from "@furze/kernels";
import { evaluateRanking } from "@furze/metrics";
import { TrainingDivergedError } from "./errors.ts";
import { Factors } from "./factors.ts";
import type { CommonOptions } from "./options.ts";
import { topItemsOfUsers } from "./top-items.ts";

/** What happened in one epoch. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  readonly numEpochs: number;
  /** Time of the epoch without its evaluation. */
  readonly seconds: number;
  /** NDCG on the validation data, in epochs that were evaluated. */
  readonly score?: number;
}

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

/** Runs kernels on the threads of one fit. */
export type RunKernel = (job: Omit<KernelJob, "threads" | "signal">) => Promise<number>;

/** A model in training: its factors, and how to improve them by one epoch. */
export interface Trainee {
  readonly factors: Factors;
  /** Items that may be recommended. */
  readonly trainedItems: Uint8Array;
  runEpoch(run: RunKernel, epoch: number): Promise<void>;
}

/** What a fit ends with. The factors are the caller's to dispose. */
export interface FitResult {
  readonly factors: Factors;
  readonly bestEpoch: number;
  readonly score: number | undefined;
}

/** More users than this are not evaluated: evenly spaced ones stand for all, so that evaluation stays cheaper than training. */
const MAX_EVALUATED_USERS = 10_000;

/** Threads of this fit. @throws {InvalidArgumentError} if the pool has fewer than asked for */
export function threadsOf(options: CommonOptions, pool: KernelPool): number {
  if (options.threads !== undefined && options.threads > pool.threads) {
    throw new InvalidArgumentError("threads", `threads is ${options.threads}, but the pool has ${pool.threads}`);
  }
  return options.threads ?? pool.threads;
}

/** Refuses matrices that nothing can be learned from, or that do not belong together. */
export function checkMatrices(matrix: UserItemMatrix, validation: UserItemMatrix | undefined): void {
  if (matrix.numEntries === 0 || matrix.values?.every((value) => value <= 0) === true) {
    throw new InvalidDatasetError("the matrix has no positive entry to learn from");
  }
  if (validation !== undefined && (validation.numUsers !== matrix.numUsers || validation.numItems !== matrix.numItems)) {
    throw new InvalidArgumentError("validation", "validation must have the shape of the training matrix");
  }
}

/**
 * Runs epochs until the last, or until patience ends, and keeps the best.
 * Disposes the trainee's factors: the result has its own.
 */
export async function runEpochs(
  trainee: Trainee,
  matrix: UserItemMatrix,
  options: CommonOptions,
  fit: FitOptions,
): Promise<FitResult> {
  const pool = fit.pool ?? defaultKernelPool();
  const threads = threadsOf(options, pool);
  const { signal } = fit;
  const run: RunKernel = (job) => pool.run({ ...job, threads, ...(signal === undefined ? {} : { signal }) });
  const best = new BestEpoch();
  try {
    for (let epoch = 1; epoch <= options.numEpochs; epoch++) {
      throwIfAborted(signal);
      const start = performance.now();
      await trainee.runEpoch(run, epoch);
      const seconds = (performance.now() - start) / 1000;
      await checkFinite(trainee.factors, run, epoch);
      const isEvaluated =
        fit.validation !== undefined && (epoch % options.evaluationInterval === 0 || epoch === options.numEpochs);
      const score = isEvaluated
        ? await evaluate(trainee, matrix, fit.validation, options.evaluationK, { pool, threads, signal })
        : undefined;
      if (score !== undefined) best.offer(epoch, score, trainee.factors);
      fit.onEpoch?.({ epoch, numEpochs: options.numEpochs, seconds, ...(score === undefined ? {} : { score }) });
      if (best.isStale(options.patience)) break;
    }
  } catch (error) {
    best.factors?.dispose();
    trainee.factors.dispose();
    throw signal?.aborted === true ? new AbortError("the fit was aborted", { cause: error }) : error;
  }
  const result =
    best.factors === undefined
      ? { bestEpoch: options.numEpochs, score: undefined }
      : { bestEpoch: best.epoch, score: best.score };
  // Always in a memory of its own: the one of the fit has room for the matrix too, and that goes back now.
  const factors = best.factors ?? new Factors(trainee.factors);
  if (best.factors === undefined) factors.copyFrom(trainee.factors);
  trainee.factors.dispose();
  return { factors, ...result };
}

/** The best epoch so far with a copy of its factors. */
class BestEpoch {
  epoch = 0;
  score = Number.NEGATIVE_INFINITY;
  factors: Factors | undefined;
  #misses = 0;

  offer(epoch: number, score: number, factors: Factors): void {
    if (score <= this.score) {
      this.#misses++;
      return;
    }
    this.#misses = 0;
    this.epoch = epoch;
    this.score = score;
    this.factors ??= new Factors(factors);
    this.factors.copyFrom(factors);
  }

  isStale(patience: number): boolean {
    return patience > 0 && this.#misses >= patience;
  }
}

async function checkFinite(factors: Factors, run: RunKernel, epoch: number): Promise<void> {
  for (const array of [factors.users, factors.items, factors.biases]) {
    const job = {
      memory: factors.memory,
      kernel: "countNonFinite",
      args: [array.pointer],
      total: array.length,
      chunk: 1 << 20,
    };
    if ((await run(job)) > 0) throw new TrainingDivergedError(epoch);
  }
}

async function evaluate(
  { factors, trainedItems }: Trainee,
  matrix: UserItemMatrix,
  validation: UserItemMatrix,
  k: number,
  how: { pool: KernelPool; threads: number; signal: AbortSignal | undefined },
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
