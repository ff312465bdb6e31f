import type { ProgressListener } from "@furze/core";

/** What a fit on a part of the data has shown. */
export interface TrialFit {
  readonly bestEpoch: number;
  /** Quality on the held-out part. */
  readonly score: number | undefined;
}

export interface FitTwiceOptions<Model> {
  /** Epochs at most. */
  readonly numEpochs: number;
  /** Fits on a part of the data and tells how many epochs are best; absent when there is too little to hold a part out. */
  readonly trial: ((onEpoch: () => void) => Promise<TrialFit>) | undefined;
  /** Fits on everything for so many epochs. */
  readonly final: (numEpochs: number, onEpoch: () => void) => Promise<Model>;
  readonly onProgress?: ProgressListener | undefined;
}

/**
 * Fits a model in two steps: on a part of the data, to find the best epoch and its score on the rest, and then for so many epochs on
 * everything, so that the model that serves has seen all there is.
 */
export async function fitTwice<Model>(options: FitTwiceOptions<Model>): Promise<{ model: Model; score: number | undefined }> {
  const { numEpochs, trial, final, onProgress } = options;
  const total = numEpochs * (trial === undefined ? 1 : 2);
  let done = 0;
  const onEpoch = (): void => onProgress?.({ done: Math.min(++done, total), total });
  const best = (await trial?.(onEpoch)) ?? { bestEpoch: numEpochs, score: undefined };
  done = total - best.bestEpoch;
  return { model: await final(best.bestEpoch, onEpoch), score: best.score };
}
