import type { StudyJson, TrialState } from "@furze/automl";
import type { CallOptions } from "@furze/core";
import type { UserItemMatrix } from "@furze/dataset";
import type { KernelPool } from "@furze/kernels";
import type { FactorParameters } from "./factor-parameters.ts";

/** A trial that has ended. */
export interface FactorTrial {
  /** From 0. */
  readonly number: number;
  readonly state: TrialState;
  /** With the most epochs that it might have run. */
  readonly parameters: FactorParameters;
  /** NDCG on the held-out entries, of complete trials. */
  readonly score: number | undefined;
  /** Of failed trials. */
  readonly error: Error | undefined;
  readonly durationMs: number;
}

/** Options of `searchFactorModel`; at least one of `trials`, `timeLimitMs` and `signal` must be given. */
export interface FactorSearchOptions extends CallOptions {
  /** All that is known: the search holds a part out itself. */
  readonly matrix: UserItemMatrix;
  /** Length of the lists whose NDCG is maximized, >= 1. Default 10. */
  readonly k?: number | undefined;
  /** Trials of this call, >= 1. Default: no limit. */
  readonly trials?: number | undefined;
  /** Time of this call, milliseconds, > 0. A trial gets as many factors as 1/300 of it allows at first, growing to 1/20. Default: no limit. */
  readonly timeLimitMs?: number | undefined;
  /** Models to choose from. Default both. */
  readonly models?: readonly FactorParameters["kind"][] | undefined;
  /** Fewest factors, >= 1. Default 16. */
  readonly minFactors?: number | undefined;
  /** Most factors, up to 1024. Default 256. */
  readonly maxFactors?: number | undefined;
  /** Share of the entries that is held out, in (0, 1). Default 0.1. */
  readonly validationFraction?: number | undefined;
  /** Seed of the split, of the trials and of the models; a safe integer. Default 0. */
  readonly seed?: number | undefined;
  /** Parameters to try first, such as those in use. Default: none. */
  readonly start?: FactorParameters | undefined;
  /** What `onTrial` has saved of an interrupted search over the same data with the same options. Default: a new search. */
  readonly resume?: unknown;
  /** Called after each trial; `save` gives what `resume` takes. */
  readonly onTrial?: ((trial: FactorTrial, save: () => StudyJson) => void) | undefined;
  /** Threads to run on. Default: the pool of the process. */
  readonly pool?: KernelPool | undefined;
}

/** What a search has found. */
export interface FactorSearchResult {
  /** Undefined if there was no time for a single evaluation. */
  readonly best: { readonly parameters: FactorParameters; readonly score: number } | undefined;
  /** All trials, for `resume` and for reports. */
  readonly study: StudyJson;
}
