import type { CallOptions, Clock, Logger } from "@furze/core";
import type { Dataset } from "@furze/dataset";
import { digestOf, type PipelineOptions } from "@furze/recommend";
import type { BlobStore, CacheStore, DataStore } from "@furze/storage";
import type { TrainingData } from "./click-samples.ts";
import { datasetDigest } from "./dataset-digest.ts";
import { loadData } from "./load-data.ts";
import { plannedModels } from "./model-plan.ts";
import { runTasks, type Task, type TaskOutcome, type TaskReporter } from "./task-graph.ts";
import { fitTaskNames, taskNames } from "./task-names.ts";
import { fitClick } from "./tasks/click.ts";
import { fitCollaborative } from "./tasks/collaborative.ts";
import type { FitModelOptions } from "./tasks/fit-model-options.ts";
import { fitFusion } from "./tasks/fusion.ts";
import { makeLeaderboards } from "./tasks/leaderboards.ts";
import { makeItemNeighborLists, makeUserNeighborLists, type NeighborListsOptions } from "./tasks/neighbor-lists.ts";
import type { ModelKindName, ModelTrainingOptions, TrainingOptions } from "./training-options.ts";
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
export function trainingDigest({ pipeline, training }: Pick<CycleOptions, "pipeline" | "training">): string {
  const fits = Array.from(plannedModels(pipeline, training), ([kind, { numEpochs, patience }]) => ({
    kind,
    numEpochs,
    patience,
  }));
  return digestOf({ pipeline, fits });
}

/**
 * Loads the data and makes from them everything that servers and workers read: leaderboards, neighbor lists, models.
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
  #data: TrainingData | undefined;
  #digest = "";
  #lastModelId: number;
  readonly #models = new Map<ModelKindName, StoredModel>();

  constructor(options: CycleOptions, startedMs: number) {
    this.#options = options;
    this.#startedMs = startedMs;
    this.#lastModelId = Math.max(0, ...options.state.models.map(({ modelId }) => Number(modelId)));
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
    // The fits come first in the list, since with few jobs the longest tasks should not start last.
    for (const [kind, options] of plannedModels(pipeline, training))
      tasks.push({ name: fitTaskNames[kind], after, run: (context) => this.#fit(kind, options, context) });
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
    const isMadeAnew = this.#data !== undefined && this.#hasChanged();
    const hasFailed = [...outcomes.values()].some((outcome) => outcome !== "complete");
    const next: TrainingState = {
      ...state,
      // A cycle with a failure must not count as done for these data, or the next one would skip what failed.
      datasetDigest: hasFailed ? "" : this.#digest,
      optionsDigest: trainingDigest(this.#options),
      listsVersion: state.listsVersion + (isMadeAnew ? 1 : 0),
      finishedMs: clock.now(),
      madeMs: isMadeAnew ? this.#startedMs : state.madeMs,
      models: this.#currentModels(),
    };
    await saveTrainingState(cacheStore, next);
    const { numUsers, numItems, numPositive } = this.#data?.dataset.counts ?? {};
    const scores = Object.fromEntries(Array.from(this.#models, ([kind, { score }]) => [`${kind}Score`, score]));
    const summary = { ms: clock.now() - this.#startedMs, numUsers, numItems, numPositive, ...scores };
    return { state: next, summary };
  }

  /** New models, and the old ones of kinds that are still in use and have not been fitted. */
  #currentModels(): StoredModel[] {
    const { pipeline, training, state } = this.#options;
    return [...plannedModels(pipeline, training).keys()].flatMap(
      (kind) => this.#models.get(kind) ?? state.models.find((model) => model.kind === kind) ?? [],
    );
  }

  /** Fits a model unless the one that there is was made from the same, or only a moment ago. */
  async #fit(
    kind: ModelKindName,
    training: ModelTrainingOptions,
    { signal, report }: Parameters<Task["run"]>[0],
  ): Promise<void> {
    const data = this.#data;
    const madeFrom = `${this.#digest}/${trainingDigest(this.#options)}`;
    if (data === undefined || !this.#isFitDue(kind, training, madeFrom)) return;
    // Ids grow with time, and no two models have the same, even if they are fitted in the same millisecond.
    this.#lastModelId = Math.max(this.#lastModelId + 1, this.#options.clock.now());
    const modelId = String(this.#lastModelId);
    const options: FitModelOptions = { ...this.#options, training, modelId, madeFrom, signal, onProgress: report };
    const fits = {
      collaborative: () => fitCollaborative({ ...options, dataset: data.dataset, ensemble: this.#options.pipeline.ensemble }),
      click: () => fitClick({ ...options, data, logger: this.#options.logger }),
      fusion: () => fitFusion(options),
    };
    const stored = await fits[kind]();
    if (stored !== undefined) this.#models.set(kind, stored);
  }

  #isFitDue(kind: ModelKindName, { fitPeriodMs }: ModelTrainingOptions, madeFrom: string): boolean {
    const { state, isForced } = this.#options;
    const current = state.models.find((model) => model.kind === kind);
    if (isForced || current === undefined || state.optionsDigest !== trainingDigest(this.#options)) return true;
    return current.madeFrom !== madeFrom && this.#startedMs >= current.fittedMs + fitPeriodMs;
  }

  async #load({ signal, report }: Parameters<Task["run"]>[0]): Promise<void> {
    const { dataStore, pipeline, cacheStore, logger } = this.#options;
    const data = await loadData({ dataStore, pipeline, nowMs: this.#startedMs, signal, onProgress: report, logger });
    this.#data = data;
    this.#digest = datasetDigest(data.dataset, data.labels);
    await cacheStore.addPoints(this.#statistics(data.dataset), { signal });
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
    if (this.#data !== undefined && this.#hasChanged()) await run(this.#data.dataset);
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

  #listOptions(): Pick<NeighborListsOptions<unknown>, "limit" | "nowMs" | "listTtlMs" | "logger"> &
    Pick<CycleOptions, "cacheStore"> {
    const { cacheStore, pipeline, logger } = this.#options;
    return { cacheStore, limit: pipeline.cacheSize, nowMs: this.#startedMs, listTtlMs: pipeline.listTtlMs, logger };
  }
}
