import type { CallOptions, Clock, Logger } from "@furze/core";
import type { PipelineOptions } from "@furze/recommend";
import type { CacheStore, DataStore } from "@furze/storage";
import { clickSamples, type TrainingData } from "./click-samples.ts";
import { loadData } from "./load-data.ts";
import { fusionSamples } from "./search/fusion-samples.ts";
import { searchClickModel } from "./search/search-click-model.ts";
import { searchFactorModel } from "./search/search-factor-model.ts";
import { searchFusion } from "./search/search-fusion.ts";
import { runTasks, type Task, type TaskReporter } from "./task-graph.ts";
import { searchTaskNames } from "./task-names.ts";
import type { ModelKindName } from "./training-options.ts";
import { type SearchRecords, saveTrainingState, type TrainingState } from "./training-state.ts";

export interface SearchRunOptions extends CallOptions {
  readonly dataStore: DataStore;
  readonly cacheStore: CacheStore;
  readonly pipeline: PipelineOptions;
  readonly reporter: TaskReporter;
  readonly clock: Clock;
  readonly logger?: Logger | undefined;
  readonly state: TrainingState;
  /** What is searched for. */
  readonly kind: ModelKindName;
  /** Models that the search tries at most, > 0. */
  readonly trials: number;
  /** How long it may take, milliseconds, > 0: the next cycle must not wait for it. */
  readonly timeLimitMs: number;
}

/** What a search has found, and what it is called with. */
interface SearchCall extends Omit<SearchRunOptions, "kind" | "reporter" | "state"> {
  readonly data: TrainingData;
  readonly records: SearchRecords;
  readonly onTrial: (trial: { readonly number: number }) => void;
}

/** Mixes tried for each model that a search may try: a mix costs a fraction of a fit. */
const MIXES_PER_MODEL = 20;

/** Searches by what they search for; each gives the parameters and the score it has found, if any. */
const SEARCHES = {
  collaborative: async ({ data, records, trials, timeLimitMs, signal, onTrial }: SearchCall) => {
    const matrix = data.dataset.positive;
    const start = records.collaborative?.tuned;
    return (await searchFactorModel({ matrix, start, trials, timeLimitMs, signal, onTrial })).best;
  },
  click: async ({ data, records, trials, timeLimitMs, signal, onTrial }: SearchCall) => {
    const { samples } = await clickSamples(data, { signal });
    const start = records.click?.tuned;
    return (await searchClickModel({ samples, start, trials, timeLimitMs, signal, onTrial })).best;
  },
  fusion: async ({ data, records, trials, timeLimitMs, signal, onTrial, ...options }: SearchCall) => {
    const startMs = performance.now();
    const factors = records.collaborative?.tuned;
    const samples = await fusionSamples({ ...options, dataset: data.dataset, factors, signal });
    const leftMs = Math.max(1, timeLimitMs - (performance.now() - startMs));
    const names = options.pipeline.recommenders;
    const start = records.fusion?.tuned?.weights;
    return (await searchFusion({ samples, names, start, trials, timeLimitMs: leftMs, signal, onTrial })).best;
  },
} as const;

/**
 * Searches for better parameters of a model and remembers them for the next fit. A search that fails leaves those in use.
 *
 * @returns the state with what was found
 * @throws {AbortError} when `signal` ended it; nothing is remembered then
 */
export async function runSearch(options: SearchRunOptions): Promise<TrainingState> {
  const { state, clock, kind, logger } = options;
  const trials = options.trials * (kind === "fusion" ? MIXES_PER_MODEL : 1);
  const records = state.searches;
  let tuned: unknown = records[kind]?.tuned;
  const run: Task["run"] = async ({ signal, report }) => {
    const data = await loadData({ ...options, nowMs: clock.now(), signal });
    const onTrial = ({ number }: { readonly number: number }) => report({ done: Math.min(number + 1, trials), total: trials });
    const best = await SEARCHES[kind]({ ...options, data, records, trials, signal, onTrial });
    tuned = best?.parameters ?? tuned;
    logger?.info("search done", { model: kind, score: best?.score, ...best?.parameters });
  };
  await runTasks([{ name: searchTaskNames[kind], run }], {
    jobs: 1,
    reporter: options.reporter,
    logger,
    signal: options.signal,
  });
  // The kind says which parameters these are, which types cannot.
  const searches = { ...records, [kind]: { tuned, searchedMs: clock.now() } } as SearchRecords;
  const next = { ...state, searches };
  await saveTrainingState(options.cacheStore, next);
  return next;
}
