import type { CallOptions, Clock, Logger } from "@furze/core";
import type { Dataset } from "@furze/dataset";
import { digestOf, type PipelineOptions } from "@furze/recommend";
import type { BlobStore, CacheStore, DataStore } from "@furze/storage";
import { datasetDigest } from "./dataset-digest.ts";
import { loadData } from "./load-data.ts";
import { runTasks, type Task, type TaskOutcome, type TaskReporter } from "./task-graph.ts";
import { fitCollaborative } from "./tasks/collaborative.ts";
import { makeLeaderboards } from "./tasks/leaderboards.ts";
import { makeItemNeighborLists, makeUserNeighborLists } from "./tasks/neighbor-lists.ts";
import type { TrainingOptions } from "./trainer.ts";
import { type StoredModel, saveTrainingState, type TrainingState } from "./training-state.ts";

export interface CycleOptions extends CallOptions {
  readonly dataStore: DataStore;
  readonly cacheStore: CacheStore;
  readonly blobStore: BlobStore;
  readonly pipeline: PipelineOptions;
  readonly training: TrainingOptions;
  readonly reporter: TaskReporter;
  readonly clock: Clock;
  readonly logger?: Logger | undefined;
  /** What the last cycle left. */
  readonly state: TrainingState;
  /** Make everything anew even when the data have not changed. */
  readonly isForced: boolean;
}

export interface CycleResult {
  readonly state: TrainingState;
  readonly summary: Readonly<Record<string, unknown>>;
}

/** SHA-256 of the options whose change makes the last cycle's work stale. */
export function trainingDigest(options: Pick<CycleOptions, "pipeline" | "training">): string {
  const { jobs: _jobs, fitPeriodMs: _fitPeriodMs, emptyPollMs: _emptyPollMs, search: _search, ...rest } = options.training;
  const { searchColumns: _searchColumns, ...fit } = rest;
  return digestOf({ pipeline: options.pipeline, fit });
}

export const taskNames = {
  load: "Load Dataset",
  leaderboards: "Generate non-personalized recommendation",
  itemToItem: "Generate item-to-item recommendation",
  userToUser: "Generate user-to-user recommendation",
  collaborative: "Train Collaborative Filtering Model",
  search: "Optimize Collaborative Filtering Model",
  itemSearch: "Index Items for Search",
  garbage: "Collect Garbage in Cache",
} as const;

/**
 * Loads the data and makes from them everything that servers and workers read: leaderboards, neighbor lists, the factor model.
 * What a failed task would have made stays as it was.
 *
 * @throws {AbortError} when `signal` ended it; nothing is published then
 */
export async function runCycle(options: CycleOptions): Promise<CycleResult> {
  const startedMs = options.clock.now();
  const cycle = new Cycle(options, startedMs);
  const outcomes = await runTasks(cycle.tasks(), {
    jobs: options.training.jobs,
    reporter: options.reporter,
    logger: options.logger,
    signal: options.signal,
  });
  return cycle.publish(outcomes);
}

class Cycle {
  readonly #options: CycleOptions;
  readonly #startedMs: number;
  #dataset: Dataset | undefined;
  #digest = "";
  #model: StoredModel | undefined;

  constructor(options: CycleOptions, startedMs: number) {
    this.#options = options;
    this.#startedMs = startedMs;
  }

  tasks(): Task[] {
    const { pipeline, training, dataStore, cacheStore } = this.#options;
    const after = [taskNames.load];
    const tasks: Task[] = [{ name: taskNames.load, run: (context) => this.#load(context) }];
    const add = (
      isWanted: boolean,
      name: string,
      run: (dataset: Dataset, call: Parameters<Task["run"]>[0]) => Promise<void>,
    ) => {
      if (isWanted) tasks.push({ name, after, run: async (context) => this.#ifChanged((dataset) => run(dataset, context)) });
    };
    // The fit comes first in the list, since with few jobs the longest task should not start last.
    add(pipeline.collaborative, taskNames.collaborative, async (dataset, { signal, report }) => {
      this.#model = await fitCollaborative({ ...this.#options, dataset, signal, onProgress: report });
    });
    add(pipeline.itemToItem.length > 0, taskNames.itemToItem, (dataset, { signal, report }) =>
      makeItemNeighborLists({ ...this.#listOptions(), dataset, recommenders: pipeline.itemToItem, signal, onProgress: report }),
    );
    add(pipeline.userToUser.length > 0, taskNames.userToUser, (dataset, { signal, report }) =>
      makeUserNeighborLists({ ...this.#listOptions(), dataset, recommenders: pipeline.userToUser, signal, onProgress: report }),
    );
    if (pipeline.leaderboards.length > 0) {
      // Scores may depend on the time, so leaderboards are made in each cycle.
      tasks.push({ name: taskNames.leaderboards, after, run: ({ signal, report }) => this.#makeLeaderboards(signal, report) });
    }
    const { searchColumns = [] } = training;
    if (searchColumns.length > 0) {
      const run: Task["run"] = ({ signal }) => dataStore.itemSearch.index(searchColumns, { signal });
      tasks.push({ name: taskNames.itemSearch, run });
    }
    tasks.push({
      name: taskNames.garbage,
      after,
      run: async ({ signal }) => {
        await cacheStore.collectGarbage({ signal });
      },
    });
    return tasks;
  }

  async publish(outcomes: ReadonlyMap<string, TaskOutcome>): Promise<CycleResult> {
    const { state, cacheStore, clock } = this.#options;
    const isMadeAnew = this.#dataset !== undefined && this.#hasChanged();
    const hasFailed = [...outcomes.values()].some((outcome) => outcome !== "complete");
    const next: TrainingState = {
      ...state,
      // A cycle with a failure must not count as done for these data, or the next one would skip what failed.
      datasetDigest: hasFailed ? "" : this.#digest,
      optionsDigest: trainingDigest(this.#options),
      listsVersion: state.listsVersion + (isMadeAnew ? 1 : 0),
      finishedMs: clock.now(),
      madeMs: isMadeAnew ? this.#startedMs : state.madeMs,
      models: this.#model === undefined ? state.models : [this.#model],
    };
    await saveTrainingState(cacheStore, next);
    const { numUsers, numItems, numPositive } = this.#dataset?.counts ?? {};
    const summary = { ms: clock.now() - this.#startedMs, numUsers, numItems, numPositive, score: this.#model?.score };
    return { state: next, summary };
  }

  async #load({ signal, report }: Parameters<Task["run"]>[0]): Promise<void> {
    const { dataStore, pipeline, cacheStore } = this.#options;
    this.#dataset = await loadData({ dataStore, pipeline, nowMs: this.#startedMs, signal, onProgress: report });
    this.#digest = datasetDigest(this.#dataset);
    await cacheStore.addPoints(this.#statistics(this.#dataset), { signal });
  }

  #statistics({ counts }: Dataset): { name: string; timestampMs: number; value: number }[] {
    const values = {
      num_users: counts.numUsers,
      num_items: counts.numItems,
      num_feedback: counts.numFeedback,
      num_pos_feedbacks: counts.numPositive,
      num_neg_feedbacks: counts.numNegative,
    };
    return Object.entries(values).map(([name, value]) => ({ name, timestampMs: this.#startedMs, value }));
  }

  async #ifChanged(run: (dataset: Dataset) => Promise<void>): Promise<void> {
    if (this.#dataset !== undefined && this.#hasChanged()) await run(this.#dataset);
  }

  /** Whether the last cycle's work does not stand for these data and options any more, or nears its expiry. */
  #hasChanged(): boolean {
    const { state, isForced, pipeline } = this.#options;
    if (isForced || state.datasetDigest !== this.#digest || state.optionsDigest !== trainingDigest(this.#options)) return true;
    return this.#startedMs > state.madeMs + pipeline.listTtlMs / 2;
  }

  async #makeLeaderboards(signal: AbortSignal, report: Parameters<Task["run"]>[0]["report"]): Promise<void> {
    const { dataStore, pipeline, logger } = this.#options;
    const { itemTtlMs, feedbackTtlMs, clockErrorMs, leaderboards, roles } = pipeline;
    await makeLeaderboards({
      ...this.#listOptions(),
      dataStore,
      leaderboards,
      roles,
      untilMs: this.#startedMs + clockErrorMs,
      feedbackSinceMs: feedbackTtlMs === undefined ? undefined : this.#startedMs - feedbackTtlMs,
      itemSinceMs: itemTtlMs === undefined ? undefined : this.#startedMs - itemTtlMs,
      onItemError: (leaderboard, item, error) =>
        logger?.warn("item left out of a leaderboard", { leaderboard, itemId: item.itemId, error }),
      signal,
      onProgress: report,
    });
  }

  #listOptions(): { cacheStore: CacheStore; limit: number; nowMs: number; listTtlMs: number } {
    const { cacheStore, pipeline } = this.#options;
    return { cacheStore, limit: pipeline.cacheSize, nowMs: this.#startedMs, listTtlMs: pipeline.listTtlMs };
  }
}
