import { checkSamples, type FitOptions, fitParameters } from "./fit-loop.ts";
import { FmModel } from "./model.ts";
import { completeOptions, type FmHyperparameters, type FmOptions } from "./options.ts";
import type { FmSamples } from "./samples.ts";

/**
 * Factorization machine for click-through rates: the log-odds of a sample are a constant, the weights of its features and the inner
 * products of the factors of each two of them, times their values. Trained on log-loss by Adam on shuffled mini-batches; a step moves
 * only the features that its batch has. Features without a sample keep zero parameters, so that they change no score.
 * With `threads: 1` equal seeds give equal bits; more threads work on batches of their own without locks and give equal quality only.
 *
 * Cost per epoch: O(features of all samples * numFactors). Memory: 12 * numFeatures * (numFactors + 4) bytes while it fits (16 with
 * validation data), a third of that for the model; a copy of the samples; 4 * numFeatures bytes and the gradients of a batch per thread.
 * Embeddings of second rows are pooled by attention, see fm-embeddings.ts of the kernels.
 * Sources: Rendle, ICDM 2010; Kingma, Ba, "Adam", ICLR 2015.
 */
export class Fm {
  /** Complete hyper-parameters. */
  readonly parameters: FmHyperparameters;

  /** @throws {InvalidArgumentError} naming the option that is out of range */
  constructor(options: FmOptions = {}) {
    this.parameters = completeOptions(options);
  }

  /**
   * Fits a model; the event loop stays free.
   *
   * @returns the model of the best epoch on `validation`, of the last epoch without it
   * @throws {InvalidDatasetError} if there are no samples, or all are of one class
   * @throws {InvalidArgumentError} if `validation` has other features or one class only, or the pool fewer threads than the option says
   * @throws {TrainingDivergedError} if the parameters become infinite
   * @throws {AbortError} if the signal is aborted; nothing is kept then
   * @throws {KernelMemoryError} if parameters and samples do not fit into 4 GiB
   */
  async fit(samples: FmSamples, options: FitOptions = {}): Promise<FmModel> {
    checkSamples(samples, options.validation);
    const start = performance.now();
    const { parameters, bestEpoch, evaluation } = await fitParameters(samples, this.parameters, options);
    return new FmModel({
      table: parameters,
      parameters: this.parameters,
      bestEpoch,
      score: evaluation?.score,
      logLoss: evaluation?.validationLoss,
      trainingMs: performance.now() - start,
    });
  }
}
