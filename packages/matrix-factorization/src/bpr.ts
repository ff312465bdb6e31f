import { numberIn } from "@furze/core";
import { SeededRandom, type UserItemMatrix } from "@furze/dataset";
import { fitThreads, type RunKernel } from "@furze/fitting";
import { type KernelArray, KernelArrays } from "@furze/kernels";
import { Factors, fillNormal, rowWeights, trainedRows } from "./factors.ts";
import { checkMatrices, type FactorTrainee, type FitOptions, fitFactors } from "./fit-loop.ts";
import { MatrixFactorizationModel } from "./model.ts";
import { type CommonOptions, commonOptions, type FactorizationOptions } from "./options.ts";

/** Options of Bpr. Common ones default to: numFactors 64, numEpochs 100, evaluationInterval 10, patience 3. */
export interface BprOptions extends FactorizationOptions {
  /** Step of the first epoch, above 0 and at most 1. Default 0.05. */
  readonly learningRate?: number;
  /** Share of the learning rate in the last epoch, 0 to 1; in between it changes in a straight line. Default 0.1. */
  readonly finalLearningRateShare?: number;
  /** Strength of the L2 penalty on what a sample touches, in the first epoch, 0 to 1. Default 0.01. */
  readonly regularization?: number;
  /** Share of the penalty in the last epoch, 0 to 100; in between it changes in a straight line. Default 1: it stays. */
  readonly finalRegularizationShare?: number;
}

/** Hyper-parameters of a fitted BPR model. */
export interface BprParameters {
  readonly numFactors: number;
  readonly numEpochs: number;
  readonly seed: number;
  readonly learningRate: number;
  readonly finalLearningRateShare: number;
  readonly regularization: number;
  readonly finalRegularizationShare: number;
}

/** Standard deviation of a first factor. */
const INITIAL_DEVIATION = 0.1;
/** Samples per kernel call: a few milliseconds. */
const SAMPLES_PER_CHUNK = 16384;

/**
 * Factorizes implicit feedback by Bayesian personalized ranking: for a random entry and a random item that the user does not have,
 * a gradient step on the log-odds that the former ranks above the latter. An epoch draws as many samples as there are entries;
 * the gradient of an entry is multiplied by its weight. In epoch e of n a step is learningRate * (1 + (finalLearningRateShare - 1) *
 * (e - 1) / (n - 1)); the penalty changes likewise. Items have a constant part in their scores (`itemBiases`).
 * Users and items without feedback get zero factors and are reported by `isUserTrained` and `isItemTrained`.
 * Threads update the factors without locks: with `threads: 1` equal seeds give equal bits, with more they give equal quality only.
 *
 * Cost per epoch: O(entries * numFactors). Memory: 4 * (numUsers + numItems) * numFactors bytes (twice that with validation data)
 * + 10 bytes an entry (14 with weights).
 * Sources: Rendle, Freudenthaler, Gantner, Schmidt-Thieme, UAI 2009; Niu, Recht, Re, Wright, "Hogwild!", NIPS 2011.
 */
export class Bpr {
  readonly #options: CommonOptions;
  readonly parameters: BprParameters;

  /** @throws {InvalidArgumentError} naming the option that is out of range */
  constructor(options: BprOptions = {}) {
    this.#options = commonOptions(options, { numFactors: 64, numEpochs: 100, evaluationInterval: 10, patience: 3 });
    this.parameters = {
      numFactors: this.#options.numFactors,
      numEpochs: this.#options.numEpochs,
      seed: this.#options.seed,
      learningRate: numberIn("learningRate", options.learningRate ?? 0.05, 1e-9, 1),
      finalLearningRateShare: numberIn("finalLearningRateShare", options.finalLearningRateShare ?? 0.1, 0, 1),
      regularization: numberIn("regularization", options.regularization ?? 0.01, 0, 1),
      finalRegularizationShare: numberIn("finalRegularizationShare", options.finalRegularizationShare ?? 1, 0, 100),
    };
  }

  /**
   * Fits a model; the event loop stays free.
   *
   * @param matrix confidences, rows are users, values >= 0
   * @returns the model of the best epoch on `validation`, of the last epoch without it
   * @throws {InvalidDatasetError} if the matrix has no positive entry, or a negative one
   * @throws {InvalidArgumentError} if `validation` has another shape, or the pool fewer threads than the option says
   * @throws {TrainingDivergedError} if the factors become infinite
   * @throws {AbortError} if the signal is aborted; nothing is kept then
   * @throws {KernelMemoryError} if the factors do not fit into 4 GiB
   */
  async fit(matrix: UserItemMatrix, options: FitOptions = {}): Promise<MatrixFactorizationModel> {
    checkMatrices(matrix, options.validation);
    const start = performance.now();
    using trainee = new BprTrainee(matrix, this.parameters, fitThreads({ ...options, threads: this.#options.threads }).threads);
    const result = await fitFactors(trainee, matrix, this.#options, options);
    trainee.clearUntrained(result.parameters);
    return new MatrixFactorizationModel({
      kind: "bpr",
      parameters: { ...this.parameters },
      factors: result.parameters,
      trainedUsers: trainee.trainedUsers,
      trainedItems: trainee.trainedItems,
      bestEpoch: result.bestEpoch,
      score: result.evaluation?.score,
      trainingMs: performance.now() - start,
    });
  }
}

class BprTrainee implements FactorTrainee {
  readonly factors: Factors;
  readonly trainedUsers: Uint8Array;
  readonly trainedItems: Uint8Array;
  readonly #parameters: BprParameters;
  readonly #matrix: UserItemMatrix;
  readonly #arrays = new KernelArrays();
  readonly #args: readonly number[];
  readonly #filterArgs: readonly number[];
  readonly #threadArgs: number[][];

  constructor(matrix: UserItemMatrix, parameters: BprParameters, threads: number) {
    const { numUsers, numItems, numEntries, userOffsets, itemIndices, values } = matrix;
    const { numFactors, seed } = parameters;
    this.#parameters = parameters;
    this.#matrix = matrix;
    this.factors = new Factors({ numUsers, numItems, numFactors });
    const { memory, stride, users, items, biases } = this.factors;
    this.trainedUsers = trainedRows(rowWeights(userOffsets, values));
    this.trainedItems = trainedRows(rowWeights(matrix.itemOffsets, matrix.itemValues));
    const random = new SeededRandom(seed);
    fillNormal(users.view, stride, numFactors, INITIAL_DEVIATION, random);
    fillNormal(items.view, stride, numFactors, INITIAL_DEVIATION, random);
    const offsets = this.#arrays.add(memory.copyInt32(userOffsets));
    const entries = this.#arrays.add(memory.copyInt32(itemIndices));
    const entryUsers = this.#arrays.add(memory.allocInt32(numEntries));
    for (let user = 0; user < numUsers; user++) entryUsers.view.fill(user, userOffsets[user], userOffsets[user + 1]);
    const weights = values === undefined ? undefined : this.#arrays.add(memory.copyFloat32(values));
    const filters = this.#allocateFilters();
    this.#filterArgs = [offsets.pointer, entries.pointer, ...filters];
    this.#args = [
      ...[users.pointer, items.pointer, biases.pointer, stride],
      ...[entryUsers.pointer, entries.pointer, weights?.pointer ?? 0, offsets.pointer, numEntries, numItems],
      ...filters,
    ];
    this.#threadArgs = Array.from({ length: threads }, () => [this.#arrays.add(this.#scratch(random)).pointer]);
  }

  async runEpoch(run: RunKernel, epoch: number): Promise<void> {
    const { memory } = this.factors;
    const { numUsers, numEntries } = this.#matrix;
    const { learningRate, regularization, numEpochs, finalLearningRateShare, finalRegularizationShare } = this.#parameters;
    if (epoch === 1) await run({ memory, kernel: "fillFilters", args: this.#filterArgs, total: numUsers, chunk: 256 });
    const progress = (epoch - 1) / Math.max(1, numEpochs - 1);
    const rate = learningRate * (1 + (finalLearningRateShare - 1) * progress);
    const penalty = regularization * (1 + (finalRegularizationShare - 1) * progress);
    const args = [...this.#args, rate, penalty];
    await run({
      memory,
      kernel: "bprSamples",
      args,
      threadArgs: this.#threadArgs,
      total: numEntries,
      chunk: SAMPLES_PER_CHUNK,
    });
  }

  /** Makes the factors of rows without feedback zero: users among them kept their first ones, items were only ever negatives. */
  clearUntrained({ stride, users, items, biases }: Factors): void {
    for (const [user, trained] of this.trainedUsers.entries())
      if (trained === 0) users.view.fill(0, user * stride, (user + 1) * stride);
    for (const [item, trained] of this.trainedItems.entries()) {
      if (trained === 1) continue;
      items.view.fill(0, item * stride, (item + 1) * stride);
      biases.view[item] = 0;
    }
  }

  /** Frees what only the fit needs; the factors stay. */
  [Symbol.dispose](): void {
    this.#arrays[Symbol.dispose]();
  }

  /** Room for a bit filter of each user, 8 to 16 bits an entry: pointers to filters, their starts and their shifts. */
  #allocateFilters(): number[] {
    const { numUsers, userOffsets } = this.#matrix;
    const { memory } = this.factors;
    const starts = this.#arrays.add(memory.allocUint32(numUsers));
    const shifts = this.#arrays.add(memory.allocUint8(numUsers));
    let bytes = 0;
    for (let user = 0; user < numUsers; user++) {
      const length = userOffsets[user + 1]! - userOffsets[user]!;
      const bits = Math.max(6, 32 - Math.clz32(8 * Math.max(1, length) - 1));
      starts.view[user] = bytes;
      shifts.view[user] = 32 - bits;
      bytes += 2 ** (bits - 3);
    }
    return [this.#arrays.add(memory.allocUint8(bytes)).pointer, starts.pointer, shifts.pointer];
  }

  #scratch(random: SeededRandom): KernelArray<Uint8Array<SharedArrayBuffer>> {
    const { memory } = this.factors;
    const scratch = memory.allocUint8(memory.call("bprScratch") ?? 0);
    // The random state of a thread: 64 bits that are not all zero.
    new Uint32Array(scratch.view.buffer, scratch.pointer, 2).set([random.nextUint32() | 1, random.nextUint32()]);
    return scratch;
  }
}
