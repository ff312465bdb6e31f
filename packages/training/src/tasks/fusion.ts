import { encodeFusionModel } from "@furze/recommend";
import type { StoredModel } from "../training-state.ts";
import type { FitModelOptions } from "./fit-model-options.ts";
import { storeModel } from "./store-model.ts";

/**
 * Publishes the weights of recommenders that a search has found.
 *
 * @returns undefined before the first search: then the weights of the options count
 */
export async function fitFusion(options: FitModelOptions): Promise<StoredModel | undefined> {
  const { state, clock, modelId } = options;
  const tuned = state.searches.fusion?.tuned;
  if (tuned === undefined) return undefined;
  const bytes = encodeFusionModel({ modelId, weights: tuned.weights });
  const { score } = tuned;
  return storeModel({ ...options, kind: "fusion", bytes, score, fittedMs: clock.now(), inUse: state.models });
}
