import { Als, Bpr } from "@furze/matrix-factorization";

/** Everything that decides how an ALS model is fitted, but for the seed. */
export interface AlsSearchParameters {
  readonly kind: "als";
  readonly numFactors: number;
  readonly numEpochs: number;
  readonly alpha: number;
  readonly regularization: number;
  readonly regularizationExponent: number;
}

/** Everything that decides how a BPR model is fitted, but for the seed. */
export interface BprSearchParameters {
  readonly kind: "bpr";
  readonly numFactors: number;
  readonly numEpochs: number;
  readonly learningRate: number;
  readonly regularization: number;
}

/** What a search chooses: a model and its parameters. */
export type FactorParameters = AlsSearchParameters | BprSearchParameters;

/** Options of `factorModel` beside the parameters; as in `AlsOptions` and `BprOptions`. */
export interface FactorModelOptions {
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
  readonly evaluationInterval?: number | undefined;
  readonly patience?: number | undefined;
  readonly evaluationK?: number | undefined;
}

/**
 * A model that is ready to fit, from the parameters that a search has found.
 *
 * @throws {InvalidArgumentError} if a parameter is out of range
 */
export function factorModel(parameters: FactorParameters, options: FactorModelOptions = {}): Als | Bpr {
  const { kind, ...own } = parameters;
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return kind === "als" ? new Als({ ...own, ...given }) : new Bpr({ ...own, ...given });
}
