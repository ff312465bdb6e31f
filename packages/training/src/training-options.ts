import type { SearchColumn } from "@furze/storage";

/** Search for better parameters of a model. */
export interface SearchOptions {
  /** Time between two searches, milliseconds, > 0. A search ends before the next cycle is due. */
  readonly periodMs: number;
  /** Models that one search tries at most, > 0; of mixes of recommenders, which cost next to nothing, twenty times as many. */
  readonly trials: number;
}

/** How one model is kept up to date. */
export interface ModelTrainingOptions {
  /** Time between two fits, milliseconds. A model is only fitted again when data or options have changed. */
  readonly fitPeriodMs: number;
  /** Epochs at most, > 0. */
  readonly numEpochs: number;
  /** Evaluations without a better score after which a fit stops; 0 = never early. */
  readonly patience: number;
  /** Search for better parameters. Default: never. */
  readonly search?: SearchOptions | undefined;
}

export interface TrainingOptions {
  /** How many tasks run side by side, > 0. */
  readonly jobs: number;
  /** The factor model of collaborative filtering. */
  readonly collaborative: ModelTrainingOptions;
  /** The click model that the `fm` ranker of the pipeline ranks by. Default: as the factor model. */
  readonly click?: ModelTrainingOptions | undefined;
  /** The weights of recommenders that the `fusion` ranker of the pipeline goes by; only a search makes them. Default: as the factor model. */
  readonly fusion?: ModelTrainingOptions | undefined;
  /** What item search looks into. Default none: search is off. */
  readonly searchColumns?: readonly SearchColumn[] | undefined;
  /** How often to look for the first feedback, milliseconds. Default 5,000. */
  readonly emptyPollMs?: number | undefined;
}

/** Models that training can make, by what they do. */
export type ModelKindName = "collaborative" | "click" | "fusion";
