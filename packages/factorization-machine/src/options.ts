import { integerIn, numberIn } from "@furze/core";

/** Options of `Fm`. */
export interface FmOptions {
  /** Length of the factors of a feature, 1 to 1024. Default 16. */
  readonly numFactors?: number;
  /** Most epochs, 1 to 100,000. Default 50. */
  readonly numEpochs?: number;
  /** First step of Adam, above 0 and at most 1. Default 0.005. */
  readonly learningRate?: number;
  /**
   * Epochs after which the step is half the first, a third after twice as many and so on; 0 for a step that stays, at most 100,000.
   * Default 0. A large step that shrinks is near its best epoch in a fraction of the epochs that a small one needs.
   */
  readonly learningRateHalfLife?: number;
  /** Strength of the L2 penalty on the parameters that a batch touches, 0 to 1. Default 0.0002. */
  readonly regularization?: number;
  /** Samples of one step, 1 to 1,000,000. Default 1024. */
  readonly batchSize?: number;
  /** Standard deviation of a first factor, 0 to 10. Default 0.1. */
  readonly initialDeviation?: number;
  /** Seed of the first factors and of the order of samples, a safe integer. Default 0. */
  readonly seed?: number;
  /** Threads to use. Default: 1, which makes results repeatable; more are faster from some hundred thousand samples on. */
  readonly threads?: number;
  /** With validation data: epochs between two evaluations. Default 1. */
  readonly evaluationInterval?: number;
  /** With validation data: stop after this many evaluations without a new best, 0 for never. Default 5. */
  readonly patience?: number;
}

/** The same, complete: the hyper-parameters of a fit. */
export type FmHyperparameters = Readonly<Record<keyof FmOptions, number>>;

/** Completes and checks options. @throws {InvalidArgumentError} naming the option */
export function completeOptions(options: FmOptions): FmHyperparameters {
  return {
    numFactors: integerIn("numFactors", options.numFactors ?? 16, 1, 1024),
    numEpochs: integerIn("numEpochs", options.numEpochs ?? 50, 1, 100_000),
    learningRate: numberIn("learningRate", options.learningRate ?? 0.005, 1e-9, 1),
    learningRateHalfLife: numberIn("learningRateHalfLife", options.learningRateHalfLife ?? 0, 0, 100_000),
    regularization: numberIn("regularization", options.regularization ?? 0.0002, 0, 1),
    batchSize: integerIn("batchSize", options.batchSize ?? 1024, 1, 1_000_000),
    initialDeviation: numberIn("initialDeviation", options.initialDeviation ?? 0.1, 0, 10),
    seed: integerIn("seed", options.seed ?? 0, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    threads: integerIn("threads", options.threads ?? 1, 1, 1024),
    evaluationInterval: integerIn("evaluationInterval", options.evaluationInterval ?? 1, 1, 100_000),
    patience: integerIn("patience", options.patience ?? 5, 0, 100_000),
  };
}
