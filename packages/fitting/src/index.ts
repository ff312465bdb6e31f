export { TrainingDivergedError } from "./errors.ts";
export { type FitThreads, fitThreads, type RunKernel } from "./fit-threads.ts";
export { countNonFinite } from "./non-finite.ts";
export {
  type EpochProgress,
  type Evaluation,
  type FitOutcome,
  type FitSchedule,
  runEpochs,
  type Trainable,
  type Trainee,
} from "./run-epochs.ts";
