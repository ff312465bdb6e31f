import type { FusionWeights } from "@furze/recommend";

/** What a search has found about the recommenders of a pipeline. */
export interface FusionParameters {
  /** How much each recommender counts: the largest 1, those that are left out 0. */
  readonly weights: FusionWeights;
  /** NDCG on the held-out feedback. */
  readonly score: number;
}
