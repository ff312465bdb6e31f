import { SeededRandom, type UserItemMatrix } from "@furze/dataset";
import type { RunKernel } from "@furze/fitting";
import { type KernelArray, KernelArrays } from "@furze/kernels";
import type { AlsParameters, AlsSolverName } from "./als.ts";
import { type AlsSide, type AlsSolver, ConjugateGradientSolver, SubspaceSolver } from "./als-solvers.ts";
import { Factors, fillNormal, rowWeights, trainedRows } from "./factors.ts";
import type { FactorTrainee } from "./fit-loop.ts";

/** Partial Gram matrices: their number is fixed, so that sums do not depend on the number of threads. */
const GRAM_PARTS = 8;
/** Standard deviation of a first prediction; small, because zero is what an unobserved pair should get. */
const INITIAL_DEVIATION = 0.1;

/** How to fit. */
export interface AlsSetup {
  readonly parameters: AlsParameters;
  readonly solver: AlsSolverName;
  readonly threads: number;
}

/** ALS in training: the alternation, the Gram matrices and the penalties. How a row is solved is the solver's part. */
export class AlsTrainee implements FactorTrainee {
  readonly factors: Factors;
  readonly trainedUsers: Uint8Array;
  readonly trainedItems: Uint8Array;
  readonly #parameters: AlsParameters;
  readonly #arrays = new KernelArrays();
  readonly #users: AlsSide;
  readonly #items: AlsSide;
  readonly #gram: KernelArray<Float32Array<SharedArrayBuffer>>;
  readonly #partials: KernelArray<Float32Array<SharedArrayBuffer>>;
  readonly #solver: AlsSolver;

  constructor(matrix: UserItemMatrix, { parameters, solver, threads }: AlsSetup) {
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
    this.#gram = this.#arrays.add(memory.allocFloat32(stride * stride));
    this.#partials = this.#arrays.add(memory.allocFloat32(GRAM_PARTS * stride * stride));
    this.#solver =
      solver === "conjugate-gradient"
        ? new ConjugateGradientSolver(this.factors, this.#arrays, threads)
        : new SubspaceSolver(this.factors, this.#arrays, threads, matrix.numEntries);
  }

  async runEpoch(run: RunKernel): Promise<void> {
    await this.#solve(run, this.#users, this.#items);
    await this.#solve(run, this.#items, this.#users);
  }

  /** Frees what only the fit needs; the factors stay. */
  [Symbol.dispose](): void {
    this.#arrays[Symbol.dispose]();
  }

  async #solve(run: RunKernel, target: AlsSide, source: AlsSide): Promise<void> {
    const { memory, stride } = this.factors;
    const partials = this.#partials.pointer;
    const part = Math.ceil(source.count / GRAM_PARTS);
    await run({
      memory,
      kernel: "gramPartial",
      args: [source.factors.pointer, stride, partials, part],
      total: source.count,
      chunk: part,
    });
    memory.call("gramReduce", partials, Math.ceil(source.count / part), stride, this.#parameters.alpha, this.#gram.pointer);
    await this.#solver.solve(run, target, source, this.#gram.pointer);
  }

  #side(
    factors: KernelArray<Float32Array<SharedArrayBuffer>>,
    offsets: Int32Array,
    indices: Int32Array,
    values: Float32Array | undefined,
    weights: Float64Array,
    otherWeights: Float64Array,
  ): AlsSide {
    const { memory } = this.factors;
    const { alpha, regularization, regularizationExponent } = this.#parameters;
    const unobserved = alpha * otherWeights.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0);
    const penalties = Float32Array.from(weights, (weight) => regularization * (weight + unobserved) ** regularizationExponent);
    return {
      factors,
      count: weights.length,
      offsets: this.#arrays.add(memory.copyInt32(offsets)),
      indices: this.#arrays.add(memory.copyInt32(indices)),
      values: values === undefined ? undefined : this.#arrays.add(memory.copyFloat32(values)),
      penalties: this.#arrays.add(memory.copyFloat32(penalties)),
    };
  }
}
