import type { CallOptions, Clock, Logger } from "@furze/core";
import type { PipelineOptions } from "@furze/recommend";
import type { CacheStore, DataStore } from "@furze/storage";
import { taskNames } from "./cycle.ts";
import { loadData } from "./load-data.ts";
import { searchFactorModel } from "./search/search-factor-model.ts";
import { runTasks, type TaskReporter } from "./task-graph.ts";
import { saveTrainingState, type TrainingState } from "./training-state.ts";

export interface SearchRunOptions extends CallOptions {
  readonly dataStore: DataStore;
  readonly cacheStore: CacheStore;
  readonly pipeline: PipelineOptions;
  readonly reporter: TaskReporter;
  readonly clock: Clock;
  readonly logger?: Logger | undefined;
  readonly state: TrainingState;
  /** Models that the search tries at most, > 0. */
  readonly trials: number;
  /** How long it may take, milliseconds, > 0: the next cycle must not wait for it. */
  readonly timeLimitMs: number;
}

/**
 * Searches for better parameters of the factor model and remembers them for the next fit. A search that fails leaves those in use.
 *
 * @returns the state with what was found
 * @throws {AbortError} when `signal` ended it; nothing is remembered then
 */
export async function runSearch(options: SearchRunOptions): Promise<TrainingState> {
  const { state, clock, trials, timeLimitMs } = options;
  let tuned = state.tuned;
  const search = {
    name: taskNames.search,
    run: async ({ signal, report }: { signal: AbortSignal; report: (progress: { done: number; total: number }) => void }) => {
      const { positive } = await loadData({ ...options, nowMs: clock.now(), signal });
      const onTrial = ({ number }: { number: number }) => report({ done: Math.min(number + 1, trials), total: trials });
      const { best } = await searchFactorModel({ matrix: positive, trials, timeLimitMs, start: state.tuned, signal, onTrial });
      tuned = best?.parameters ?? tuned;
      options.logger?.info("search done", { score: best?.score, ...best?.parameters });
    },
  };
  await runTasks([search], { jobs: 1, reporter: options.reporter, logger: options.logger, signal: options.signal });
  const next = { ...state, tuned, searchedMs: clock.now() };
  await saveTrainingState(options.cacheStore, next);
  return next;
}
