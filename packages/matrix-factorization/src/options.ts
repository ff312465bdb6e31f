import { integerIn } from "@furze/core";

/** Options that both models have. */
export interface FactorizationOptions {
  /** Length of a factor row, 1 to 1024. */
  readonly numFactors?: number;
  /** Most epochs, 1 to 100,000. */
  readonly numEpochs?: number;
  /** Seed of the first factors and of the samples, a safe integer. Default 0. */
  readonly seed?: number;
  /** Threads to use. Default: all of the pool. */
  readonly threads?: number | undefined;
  /** With validation data: epochs between two evaluations. */
  readonly evaluationInterval?: number;
  /** With validation data: stop after this many evaluations without a new best, 0 for never. */
  readonly patience?: number;
  /** Length of the lists whose NDCG decides which epoch is best. Default 10. */
  readonly evaluationK?: number;
}

/** The same, complete. */
export interface CommonOptions {
  readonly numFactors: number;
  readonly numEpochs: number;
  readonly seed: number;
  readonly threads: number | undefined;
  readonly evaluationInterval: number;
  readonly patience: number;
  readonly evaluationK: number;
}

/** Completes and checks the common options. @throws {InvalidArgumentError} naming the option */
export function commonOptions(
  options: FactorizationOptions,
  defaults: Omit<CommonOptions, "seed" | "threads" | "evaluationK">,
): CommonOptions {
  return {
    numFactors: integerIn("numFactors", options.numFactors ?? defaults.numFactors, 1, 1024),
    numEpochs: integerIn("numEpochs", options.numEpochs ?? defaults.numEpochs, 1, 100_000),
    seed: integerIn("seed", options.seed ?? 0, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    threads: options.threads === undefined ? undefined : integerIn("threads", options.threads, 1, 1024),
    evaluationInterval: integerIn("evaluationInterval", options.evaluationInterval ?? defaults.evaluationInterval, 1, 100_000),
    patience: integerIn("patience", options.patience ?? defaults.patience, 0, 100_000),
    evaluationK: integerIn("evaluationK", options.evaluationK ?? 10, 1, 10_000),
  };
}
