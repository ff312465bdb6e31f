import { type Dataset, leaveOneOutSplit } from "@furze/dataset";
import { Als } from "@furze/matrix-factorization";
import { type EnsembleModelOptions, encodeCollaborativeModel } from "@furze/recommend";
import { factorModel } from "../search/factor-parameters.ts";
import type { StoredModel } from "../training-state.ts";
import { fitEnsemble } from "./ensemble.ts";
import type { FitModelOptions } from "./fit-model-options.ts";
import { fitTwice } from "./fit-twice.ts";
import { storeModel } from "./store-model.ts";

export interface FitCollaborativeOptions extends FitModelOptions {
  readonly dataset: Dataset;
  /** Factor models that go into the same file. Default: none. */
  readonly ensemble?: readonly EnsembleModelOptions[] | undefined;
}

/**
 * Fits the factor model, first on all but one item of each user. When a search has found parameters, these are fitted, for the epochs
 * that it found. Those of the ensemble are fitted after it.
 *
 * @throws {InvalidDatasetError} if there is no positive feedback
 */
export async function fitCollaborative(options: FitCollaborativeOptions): Promise<StoredModel> {
  const { dataset, training, signal, clock, state, modelId, ensemble: wanted = [] } = options;
  const tuned = state.searches.collaborative?.tuned;
  const numEpochs = tuned?.numEpochs ?? training.numEpochs;
  const { train, test } = leaveOneOutSplit(dataset.positive);
  const trial = async (onEpoch: () => void): Promise<{ bestEpoch: number; score: number | undefined }> => {
    const fitter = tuned === undefined ? new Als({ numEpochs, patience: training.patience }) : factorModel(tuned);
    using model = await fitter.fit(train, { validation: test, signal, onEpoch });
    return { bestEpoch: tuned?.numEpochs ?? model.bestEpoch, score: model.score };
  };
  const { model, score } = await fitTwice({
    numEpochs,
    trial: test.numEntries > 0 ? trial : undefined,
    final: (bestEpoch, onEpoch) => {
      const fitter = tuned === undefined ? new Als({ numEpochs: bestEpoch }) : factorModel(tuned);
      return fitter.fit(dataset.positive, { signal, onEpoch });
    },
    onProgress: options.onProgress,
  });
  using factors = model;
  using ensemble = await fitEnsemble({ matrix: dataset.positive, ensemble: wanted, tuned, signal });
  const fittedMs = clock.now();
  const { userIds, itemIds } = dataset;
  const bytes = encodeCollaborativeModel({ modelId, userIds, itemIds, factors, ensemble });
  const stored = await storeModel({ ...options, kind: "collaborative", bytes, score, fittedMs, inUse: state.models });
  if (score !== undefined) {
    await options.cacheStore.addPoints([{ name: "cf_ndcg", timestampMs: fittedMs, value: score }], { signal });
  }
  return stored;
}
