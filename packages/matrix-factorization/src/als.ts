import { InvalidArgumentError, numberIn } from "@furze/core";
import type { UserItemMatrix } from "@furze/dataset";
import { fitThreads } from "@furze/fitting";
import { AlsTrainee } from "./als-trainee.ts";
import { checkMatrices, type FitOptions, fitFactors } from "./fit-loop.ts";
import { MatrixFactorizationModel } from "./model.ts";
import { type CommonOptions, commonOptions, type FactorizationOptions } from "./options.ts";

/** Options of Als. Common ones default to: numFactors 64, numEpochs 16, evaluationInterval 1, patience 3. */
export interface AlsOptions extends FactorizationOptions {
  /** Weight of every pair of user and item, whether observed or not, against 1 of an observed entry; 0 to 100. Default 0.5. */
  readonly alpha?: number;
  /** Strength of the L2 penalty, above 0 and at most 1000. Default 0.007. */
  readonly regularization?: number;
  /** How the penalty grows with the number of entries of a row: 0 not at all, 1 in proportion; 0 to 2. Default 1. */
  readonly regularizationExponent?: number;
  /**
   * How a row is solved: all its factors together by three steps of conjugate gradients, or eight of them at a time, each block
   * exactly (iALS++). The latter needs fewer epochs, and its cost grows slower with the factors. Default "auto": "subspace" from 256
   * factors on, "conjugate-gradient" below.
   */
  readonly solver?: AlsSolverName | "auto";
}

/** A way to solve for the factors of a row. */
export type AlsSolverName = "conjugate-gradient" | "subspace";

/** Hyper-parameters of a fitted ALS model. */
export interface AlsParameters {
  readonly numFactors: number;
  readonly numEpochs: number;
  readonly seed: number;
  readonly alpha: number;
  readonly regularization: number;
  readonly regularizationExponent: number;
}

/** Factors from which on the subspace solver is as good per epoch and cheaper: measured on MovieLens-1M. */
const SUBSPACE_FROM = 256;

/**
 * Factorizes implicit feedback into user and item factors by alternating least squares.
 * Minimizes sum over entries of w (1 - p q)^2 + alpha * sum over all pairs of (p q)^2 + penalties
 * regularization * (weight of the row + alpha * number of rows on the other side)^regularizationExponent * |row|^2.
 * Users and items without feedback get zero factors and are reported by `isUserTrained` and `isItemTrained`.
 * The result does not depend on the number of threads.
 *
 * Cost per epoch, with r = numUsers + numItems: O(8 * entries * numFactors + 4 * r * numFactors^2) by conjugate gradients,
 * O(12 * entries * numFactors + r * numFactors^2) by subspaces.
 * Memory: 4 * r * numFactors bytes (twice that with validation data) + 16 bytes an entry (24 with weights, 4 more by subspaces).
 * Sources: Hu, Koren, Volinsky, ICDM 2008; Takacs, Pilaszy, Tikk, RecSys 2011 (conjugate gradients);
 * Rendle, Krichene, Zhang, Koren, "iALS++: Speeding up Matrix Factorization with Subspace Optimization", 2021;
 * Rendle, Krichene, Zhang, Koren, "Revisiting the performance of iALS", RecSys 2022 (objective and penalties).
 */
export class Als {
  readonly #options: CommonOptions;
  readonly parameters: AlsParameters;
  /** What "auto" became. */
  readonly solver: AlsSolverName;

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
    this.solver = solverFor(options.solver ?? "auto", this.parameters.numFactors);
  }

  /**
   * Fits a model; the event loop stays free.
   *
   * @param matrix confidences, rows are users, values >= 0
   * @returns the model of the best epoch on `validation`, of the last epoch without it
   * @throws {InvalidDatasetError} if the matrix has no positive entry, or a negative one
   * @throws {InvalidArgumentError} if `validation` has another shape, or the pool fewer threads than the option says
   * @throws {AbortError} if the signal is aborted; nothing is kept then
   * @throws {KernelMemoryError} if the factors do not fit into 4 GiB
   */
  async fit(matrix: UserItemMatrix, options: FitOptions = {}): Promise<MatrixFactorizationModel> {
    checkMatrices(matrix, options.validation);
    const start = performance.now();
    using trainee = new AlsTrainee(matrix, {
      parameters: this.parameters,
      solver: this.solver,
      threads: fitThreads({ ...options, threads: this.#options.threads }).threads,
    });
    const result = await fitFactors(trainee, matrix, this.#options, options);
    return new MatrixFactorizationModel({
      kind: "als",
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

/** @throws {InvalidArgumentError} if there is no such solver */
function solverFor(name: AlsSolverName | "auto", numFactors: number): AlsSolverName {
  switch (name) {
    case "auto":
      return numFactors >= SUBSPACE_FROM ? "subspace" : "conjugate-gradient";
    case "conjugate-gradient":
    case "subspace":
      return name;
    default:
      throw new InvalidArgumentError("solver", `solver must be "auto", "conjugate-gradient" or "subspace", got ${name}`);
  }
}
