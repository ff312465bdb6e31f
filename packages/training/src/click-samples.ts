import type { Dataset } from "@furze/dataset";
import { FeatureSpace, type FmSamples, type LabelValues } from "@furze/factorization-machine";

/** What training works on. */
export interface TrainingData {
  readonly dataset: Dataset;
  /** Numbers and embeddings in the labels; undefined when no model looks at them. */
  readonly labels: LabelValues | undefined;
}

/** Items that a user has not seen, for each that he likes. */
const UNSEEN_PER_POSITIVE = 4;

/**
 * Features and samples of the click model: what a user likes against what he dislikes, has seen without liking, and against some items
 * that he has not seen. Without the last a model learns only what people like of what they choose, not what they choose, and
 * candidates are mostly things that nobody has chosen.
 */
export function clickSamples({ dataset, labels }: TrainingData): { readonly space: FeatureSpace; readonly samples: FmSamples } {
  const space = FeatureSpace.fromDataset(dataset, { values: labels });
  return { space, samples: space.samples(dataset, { unseenPerPositive: UNSEEN_PER_POSITIVE }) };
}
