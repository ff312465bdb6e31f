import type { FactorParameters } from "./factor-parameters.ts";

type Kind = FactorParameters["kind"];

/** How the time of an epoch grows with the number of factors, at most: between linear and quadratic on all machines seen. */
const UPWARD = 1.6;

/** Predicts how long a trial takes from the epochs of earlier ones, their evaluation included. */
export class TrialCost {
  /** Milliseconds of an epoch by number of factors. */
  readonly #epochMs: Record<Kind, Map<number, number>> = { als: new Map(), bpr: new Map() };

  /** Notes what an epoch has taken; the shortest counts, as others may have been held up. */
  observe(kind: Kind, numFactors: number, epochMs: number): void {
    const known = this.#epochMs[kind].get(numFactors) ?? Number.POSITIVE_INFINITY;
    this.#epochMs[kind].set(numFactors, Math.min(known, epochMs));
  }

  /** Expected time of an epoch; undefined while no epoch of that kind is known. */
  epochMs(kind: Kind, numFactors: number): number | undefined {
    let best: { size: number; ms: number } | undefined;
    for (const [size, ms] of this.#epochMs[kind]) {
      const isCloser = best === undefined || Math.abs(Math.log(size / numFactors)) < Math.abs(Math.log(best.size / numFactors));
      if (isCloser) best = { size, ms };
    }
    if (best === undefined) return undefined;
    const ratio = numFactors / best.size;
    return best.ms * (ratio > 1 ? ratio ** UPWARD : 1);
  }

  /** The largest of some sizes, up to the one wanted, whose trial is expected to fit; the smallest where none is or nothing is known. */
  affordable(kind: Kind, wanted: number, sizes: readonly number[], numEpochs: number, limitMs: number): number {
    const fitting = sizes.filter((size) => {
      const epochMs = this.epochMs(kind, size);
      return size <= wanted && epochMs !== undefined && epochMs * numEpochs <= limitMs;
    });
    return fitting.length > 0 ? Math.max(...fitting) : Math.min(...sizes);
  }
}
