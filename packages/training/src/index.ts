export { type CycleOptions, type CycleResult, runCycle, trainingDigest } from "./cycle.ts";
export { datasetDigest } from "./dataset-digest.ts";
export type { ClickParameters } from "./search/click-parameters.ts";
export {
  type AlsSearchParameters,
  type BprSearchParameters,
  type FactorModelOptions,
  type FactorParameters,
  factorModel,
} from "./search/factor-parameters.ts";
export type { FactorSearchOptions, FactorSearchResult, FactorTrial } from "./search/factor-search-options.ts";
export type { FusionParameters } from "./search/fusion-parameters.ts";
export { type ClickSearchOptions, type ClickSearchResult, searchClickModel } from "./search/search-click-model.ts";
export { searchFactorModel } from "./search/search-factor-model.ts";
export {
  type FusionSample,
  type FusionSearchOptions,
  type FusionSearchResult,
  searchFusion,
} from "./search/search-fusion.ts";
export { runSearch, type SearchRunOptions } from "./search-run.ts";
export {
  type ReportedTask,
  type RunTasksOptions,
  runTasks,
  type Task,
  type TaskContext,
  type TaskOutcome,
  type TaskReporter,
} from "./task-graph.ts";
export { fitTaskNames, searchTaskNames, taskNames } from "./task-names.ts";
export { type MakeLeaderboardsOptions, makeLeaderboards } from "./tasks/leaderboards.ts";
export { type ListMakers, Trainer, type TrainerOptions } from "./trainer.ts";
export type { ModelKindName, ModelTrainingOptions, SearchOptions, TrainingOptions } from "./training-options.ts";
export {
  INITIAL_STATE,
  loadTrainingState,
  type SearchRecord,
  type SearchRecords,
  type StoredModel,
  saveTrainingState,
  type TrainingState,
} from "./training-state.ts";
