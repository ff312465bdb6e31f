import type { PipelineOptions } from "@furze/recommend";
import type { ModelKindName, ModelTrainingOptions, TrainingOptions } from "./training-options.ts";

/** Models that the pipeline uses, with how they are trained. */
export function plannedModels(
  pipeline: Pick<PipelineOptions, "collaborative" | "ranker">,
  training: Pick<TrainingOptions, ModelKindName>,
): ReadonlyMap<ModelKindName, ModelTrainingOptions> {
  const planned = new Map<ModelKindName, ModelTrainingOptions>();
  if (pipeline.collaborative) planned.set("collaborative", training.collaborative);
  if (pipeline.ranker?.type === "fm") planned.set("click", training.click ?? training.collaborative);
  if (pipeline.ranker?.type === "fusion" && pipeline.ranker.isTuned !== false)
    planned.set("fusion", training.fusion ?? training.collaborative);
  return planned;
}

/** Time between two cycles, milliseconds: as often as the model with the shortest period wants to be fitted. */
export function cyclePeriodMs(
  pipeline: Pick<PipelineOptions, "collaborative" | "ranker">,
  training: Pick<TrainingOptions, ModelKindName>,
): number {
  const periods = [...plannedModels(pipeline, training).values()].map(({ fitPeriodMs }) => fitPeriodMs);
  return periods.length === 0 ? training.collaborative.fitPeriodMs : Math.min(...periods);
}
