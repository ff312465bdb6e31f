import { SeededRandom, type UserItemMatrix } from "@furze/dataset";
import { defaultKernelPool, type KernelArray } from "@furze/kernels";
import { Factors, fillNormal, rowWeights, trainedRows } from "./factors.ts";
import { checkMatrices, type FitOptions, type RunKernel, runEpochs, type Trainee, threadsOf } from "./fit-loop.ts";
import { MatrixFactorizationModel } from "./model.ts";
import { type CommonOptions, commonOptions, type FactorizationOptions, numberIn } from "./options.ts";

/** Options of Als. Common ones default to: numFactors 64, numEpochs 16, evaluationInterval 1, patience 3. */
export interface AlsOptions extends FactorizationOptions {
  /** Weight of every pair of user and item, whether observed or not, against 1 of an observed entry; 0 to 100. Default 0.5. */
  readonly alpha?: number;
  /** Strength of the L2 penalty, above 0 and at most 1000. Default 0.007. */
  readonly regularization?: number;
  /** How the penalty grows with the number of entries of a row: 0 not at all, 1 in proportion; 0 to 2. Default 1. */
  readonly regularizationExponent?: number;
}

/** Hyper-parameters of a fitted ALS model. */
export interface AlsParameters {
  readonly numFactors: number;
  readonly numEpochs: number;
  readonly seed: number;
  readonly alpha: number;
  readonly regularization: number;
  readonly regularizationExponent: number;
}

/** Conjugate gradient steps per row and half epoch; two lose quality per epoch, four gain none. */
const STEPS = 3;
/** Partial Gram matrices: their number is fixed, so that sums do not depend on the number of threads. */
const GRAM_PARTS = 8;
const ROWS_PER_CHUNK = 32;
/** Standard deviation of a first prediction; small, because zero is what an unobserved pair should get. */
const INITIAL_DEVIATION = 0.1;

/**
 * Factorizes implicit feedback into user and item factors by alternating least squares.
 * Minimizes sum over entries of w (1 - p q)^2 + alpha * sum over all pairs of (p q)^2 + penalties
 * regularization * (weight of the row + alpha * number of rows on the other side)^regularizationExponent * |row|^2.
 * Users and items without feedback get zero factors and are reported by `isUserTrained` and `isItemTrained`.
 * The result does not depend on the number of threads.
 *
 * Cost per epoch: O(8 * entries * numFactors + 4 * (numUsers + numItems) * numFactors^2).
 * Memory: 4 * (numUsers + numItems) * numFactors bytes (twice that with validation data) + 16 bytes an entry (24 with weights).
 * Sources: Hu, Koren, Volinsky, ICDM 2008; Takacs, Pilaszy, Tikk, RecSys 2011 (conjugate gradients);
 * Rendle, Krichene, Zhang, Koren, "Revisiting the performance of iALS", RecSys 2022 (objective and penalties).
 */
export class Als {
  readonly #options: CommonOptions;
  readonly parameters: AlsParameters;

  /** @throws {InvalidArgumentError} naming the option that is out of range */
  constructor(options: AlsOptions = {}) {
    this.#options = commonOptions(options, { numFactors: 64, numEpochs: 16, evaluationInterval: 1, patience: 3 });
    this.parameters = {
      numFactors: this.#options.numFactors,
      numEpochs: this.#options.numEpochs,
      seed: this.#options.seed,
      alpha: numberIn("alpha", options.alpha ?? 0.5, 0, 100),
      regularization: numberIn("regularization", options.regularization ?? 0.007, 1e-6, 1000),
      regularizationExponent: numberIn("regularizationExponent", options.regularizationExponent ?? 1, 0, 2),
    };
  }

  /**
   * Fits a model; the event loop stays free.
   *
   * @param matrix confidences, rows are users, values >= 0
   * @returns the model of the best epoch on `validation`, of the last epoch without it
   * @throws {InvalidDatasetError} if the matrix has no positive entry
   * @throws {InvalidArgumentError} if `validation` has another shape, or the pool fewer threads than the option says
   * @throws {AbortError} if the signal is aborted; nothing is kept then
   * @throws {KernelMemoryError} if the factors do not fit into 4 GiB
   */
  async fit(matrix: UserItemMatrix, options: FitOptions = {}): Promise<MatrixFactorizationModel> {
    checkMatrices(matrix, options.validation);
    const start = performance.now();
    using trainee = new AlsTrainee(matrix, this.parameters, threadsOf(this.#options, options.pool ?? defaultKernelPool()));
    const result = await runEpochs(trainee, matrix, this.#options, options);
    return new MatrixFactorizationModel({
      kind: "als",
      parameters: { ...this.parameters },
      factors: result.factors,
      trainedUsers: trainee.trainedUsers,
      trainedItems: trainee.trainedItems,
      bestEpoch: result.bestEpoch,
      score: result.score,
      trainingMs: performance.now() - start,
    });
  }
}

/** One side of the alternation: the entries of its rows and their penalties. */
interface Side {
  readonly factors: KernelArray<Float32Array<SharedArrayBuffer>>;
  readonly count: number;
  readonly offsets: KernelArray<Int32Array<SharedArrayBuffer>>;
  readonly indices: KernelArray<Int32Array<SharedArrayBuffer>>;
  readonly values: KernelArray<Float32Array<SharedArrayBuffer>> | undefined;
  readonly penalties: KernelArray<Float32Array<SharedArrayBuffer>>;
}

class AlsTrainee implements Trainee {
  readonly factors: Factors;
  readonly trainedUsers: Uint8Array;
  readonly trainedItems: Uint8Array;
  readonly #parameters: AlsParameters;
  readonly #arrays: { free(): void }[] = [];
  readonly #users: Side;
  readonly #items: Side;
  readonly #gram: KernelArray<Float32Array<SharedArrayBuffer>>;
  readonly #panels: KernelArray<Float32Array<SharedArrayBuffer>>;
  readonly #partials: KernelArray<Float32Array<SharedArrayBuffer>>;
  readonly #threadArgs: number[][];

  constructor(matrix: UserItemMatrix, parameters: AlsParameters, threads: number) {
    const { numUsers, numItems } = matrix;
    const { numFactors, seed } = parameters;
    this.#parameters = parameters;
    this.factors = new Factors({ numUsers, numItems, numFactors });
    const { memory, stride, users, items } = this.factors;
    const userWeights = rowWeights(matrix.userOffsets, matrix.values);
    const itemWeights = rowWeights(matrix.itemOffsets, matrix.itemValues);
    this.trainedUsers = trainedRows(userWeights);
    this.trainedItems = trainedRows(itemWeights);
    fillNormal(items.view, stride, numFactors, INITIAL_DEVIATION / Math.sqrt(numFactors), new SeededRandom(seed));
    this.#users = this.#side(users, matrix.userOffsets, matrix.itemIndices, matrix.values, userWeights, itemWeights);
    this.#items = this.#side(items, matrix.itemOffsets, matrix.userIndices, matrix.itemValues, itemWeights, userWeights);
    this.#gram = this.#keep(memory.allocFloat32(stride * stride));
    this.#panels = this.#keep(memory.allocFloat32(stride * stride));
    this.#partials = this.#keep(memory.allocFloat32(GRAM_PARTS * stride * stride));
    this.#threadArgs = Array.from({ length: threads }, () => [this.#keep(memory.allocFloat32(12 * stride + 4)).pointer]);
  }

  async runEpoch(run: RunKernel): Promise<void> {
    await this.#solve(run, this.#users, this.#items);
    await this.#solve(run, this.#items, this.#users);
  }

  /** Frees what only the fit needs; the factors stay. */
  [Symbol.dispose](): void {
    for (const array of this.#arrays.splice(0)) array.free();
  }

  async #solve(run: RunKernel, target: Side, source: Side): Promise<void> {
    const { memory, stride } = this.factors;
    const gram = this.#gram.pointer;
    const partials = this.#partials.pointer;
    const part = Math.ceil(source.count / GRAM_PARTS);
    await run({
      memory,
      kernel: "gramPartial",
      args: [source.factors.pointer, stride, partials, part],
      total: source.count,
      chunk: part,
    });
    memory.call("gramReduce", partials, Math.ceil(source.count / part), stride, this.#parameters.alpha, gram);
    memory.call("gramPanels", gram, stride, this.#panels.pointer);
    const args = [target.factors.pointer, source.factors.pointer, stride, target.offsets.pointer, target.indices.pointer];
    args.push(target.values?.pointer ?? 0, target.penalties.pointer, this.#panels.pointer, STEPS);
    await run({ memory, kernel: "alsRows", args, threadArgs: this.#threadArgs, total: target.count, chunk: ROWS_PER_CHUNK });
  }

  #side(
    factors: KernelArray<Float32Array<SharedArrayBuffer>>,
    offsets: Int32Array,
    indices: Int32Array,
    values: Float32Array | undefined,
    weights: Float64Array,
    otherWeights: Float64Array,
  ): Side {
    const { memory } = this.factors;
    const { alpha, regularization, regularizationExponent } = this.#parameters;
    const unobserved = alpha * otherWeights.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0);
    return {
      factors,
      count: weights.length,
      offsets: this.#keep(memory.copyInt32(offsets)),
      indices: this.#keep(memory.copyInt32(indices)),
      values: values === undefined ? undefined : this.#keep(memory.copyFloat32(values)),
      penalties: this.#keep(
        memory.copyFloat32(
          Float32Array.from(weights, (weight) => regularization * (weight + unobserved) ** regularizationExponent),
        ),
      ),
    };
  }

  #keep<T extends { free(): void }>(array: T): T {
    this.#arrays.push(array);
    return array;
  }
}
