export { type CycleOptions, type CycleResult, runCycle, taskNames, trainingDigest } from "./cycle.ts";
export { datasetDigest } from "./dataset-digest.ts";
export {
  type AlsSearchParameters,
  type BprSearchParameters,
  type FactorModelOptions,
  type FactorParameters,
  factorModel,
} from "./search/factor-parameters.ts";
export type { FactorSearchOptions, FactorSearchResult, FactorTrial } from "./search/factor-search-options.ts";
export { searchFactorModel } from "./search/search-factor-model.ts";
export {
  type ReportedTask,
  type RunTasksOptions,
  runTasks,
  type Task,
  type TaskContext,
  type TaskOutcome,
  type TaskReporter,
} from "./task-graph.ts";
export { type MakeLeaderboardsOptions, makeLeaderboards } from "./tasks/leaderboards.ts";
export { type SearchOptions, Trainer, type TrainerOptions, type TrainingOptions } from "./trainer.ts";
export { INITIAL_STATE, loadTrainingState, type StoredModel, saveTrainingState, type TrainingState } from "./training-state.ts";
