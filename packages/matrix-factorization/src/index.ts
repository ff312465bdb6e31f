export { TrainingDivergedError } from "@furze/fitting";
export type { ModelFileExtras } from "@furze/model-file";
export { Als, type AlsOptions, type AlsParameters, type AlsSolverName } from "./als.ts";
export { Bpr, type BprOptions, type BprParameters } from "./bpr.ts";
export type { EpochReport, FitOptions } from "./fit-loop.ts";
export {
  type MatrixFactorizationKind,
  MatrixFactorizationModel,
  type RecommendOptions,
  type VectorQueryOptions,
} from "./model.ts";
export type { FactorizationOptions } from "./options.ts";
export type { ItemLists, RankedItems } from "./top-items.ts";
