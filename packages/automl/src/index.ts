export type { Objective, ObjectiveContext, OptimizeOptions } from "./optimize.ts";
export {
  type ChoiceOption,
  type ChoiceParameter,
  choice,
  type IntegerParameter,
  integer,
  logUniform,
  type Parameter,
  type Parameters,
  type RealParameter,
  uniform,
  type ValueOf,
  type ValuesOf,
  type VariantParameter,
  type Variants,
  variant,
} from "./parameters.ts";
export {
  type HalvingPrunerOptions,
  halvingPruner,
  type MedianPrunerOptions,
  medianPruner,
  noPruner,
  type Pruner,
} from "./pruner.ts";
export { randomSampler, type Sampler } from "./sampler.ts";
export { type Space, space } from "./space.ts";
export { type ResumeOptions, Study, type StudyOptions } from "./study.ts";
export type { StudyJson, TrialJson } from "./study-json.ts";
export { type TpeOptions, tpeSampler } from "./tpe-sampler.ts";
export type { AskOptions, Outcome, Trial } from "./trial.ts";
export type { Direction, StepReport, TrialRecord, TrialState } from "./trial-record.ts";
