import type { FmOptions } from "@furze/factorization-machine";
import { defaultKernelPool } from "@furze/kernels";

/** Everything that decides how a click model is fitted, but for the seed and the number of epochs. */
export interface ClickParameters {
  readonly numFactors: number;
  readonly learningRate: number;
  readonly regularization: number;
}

/** Parameters without a search. Smaller steps than `Fm` takes by itself: with many samples that nobody chose they rank better. */
export const DEFAULT_CLICK_PARAMETERS: ClickParameters = { numFactors: 16, learningRate: 0.002, regularization: 0.0002 };

/** From so many samples on, threads are worth more than results that are the same to the last bit. */
const PARALLEL_SAMPLES = 500_000;

/** Options of a fit on so many samples. */
export function clickModelOptions(parameters: ClickParameters = DEFAULT_CLICK_PARAMETERS, numSamples: number): FmOptions {
  return { ...parameters, threads: numSamples < PARALLEL_SAMPLES ? 1 : defaultKernelPool().threads };
}
