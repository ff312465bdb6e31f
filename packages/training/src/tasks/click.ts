import type { Logger } from "@furze/core";
import { type ClickMetrics, Fm, FmRanker } from "@furze/factorization-machine";
import { encodeClickModel } from "@furze/recommend";
import { clickSamples, type TrainingData } from "../click-samples.ts";
import { clickModelOptions } from "../search/click-parameters.ts";
import type { StoredModel } from "../training-state.ts";
import type { FitModelOptions } from "./fit-model-options.ts";
import { fitTwice } from "./fit-twice.ts";
import { storeModel } from "./store-model.ts";

export interface FitClickOptions extends FitModelOptions {
  readonly data: TrainingData;
  readonly logger?: Logger | undefined;
}

/** Share of the samples that the best epoch is found on. */
const TEST_SHARE = 0.2;

/**
 * Fits the click model, first on four fifths of the samples, to find the epoch with the best AUC on the rest. When a search has found
 * parameters, these are fitted.
 *
 * @returns undefined when nobody likes anything: without positive samples there is nothing to learn yet
 */
export async function fitClick(options: FitClickOptions): Promise<StoredModel | undefined> {
  const { data, training, signal, clock, state, modelId, logger } = options;
  const { space, samples } = await clickSamples(data, { signal });
  if (samples.numPositive === 0 || samples.numNegative === 0) {
    logger?.warn("no click model: it needs liked items and others", {
      liked: samples.numPositive,
      others: samples.numNegative,
    });
    return undefined;
  }
  const { numEpochs, patience } = training;
  const tuned = clickModelOptions(state.searches.click?.tuned, samples.numSamples);
  const { train, test } = await samples.split({ fraction: TEST_SHARE, signal });
  const parts = [train, test];
  const hasTest = parts.every(({ numPositive, numNegative }) => numPositive > 0 && numNegative > 0);
  let metrics: ClickMetrics | undefined;
  const trial = async (onEpoch: () => void): Promise<{ bestEpoch: number; score: number | undefined }> => {
    using model = await new Fm({ ...tuned, numEpochs, patience }).fit(train, { validation: test, signal, onEpoch });
    metrics = await model.evaluate(test, { threshold: Math.log(train.numPositive / train.numNegative), signal });
    return model;
  };
  const { model, score } = await fitTwice({
    numEpochs,
    trial: hasTest ? trial : undefined,
    final: (bestEpoch, onEpoch) => new Fm({ ...tuned, numEpochs: bestEpoch }).fit(samples, { signal, onEpoch }),
    onProgress: options.onProgress,
  });
  using ranker = await FmRanker.create(model, space, { signal });
  const fittedMs = clock.now();
  const bytes = encodeClickModel({ modelId, ranker });
  const stored = await storeModel({ ...options, kind: "click", bytes, score, fittedMs, inUse: state.models });
  await options.cacheStore.addPoints(metrics === undefined ? [] : pointsOf(metrics, fittedMs), { signal });
  return stored;
}

function pointsOf({ auc, logLoss, precision, recall }: ClickMetrics, timestampMs: number) {
  const values = { ctr_auc: auc, ctr_log_loss: logLoss, ctr_precision: precision, ctr_recall: recall };
  return Object.entries(values).map(([name, value]) => ({ name, timestampMs, value }));
}
