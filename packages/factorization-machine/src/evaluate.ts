import { auc } from "@furze/metrics";

/** How well scores tell positive from negative samples. */
export interface ClickMetrics {
  /** Probability that a positive sample scores above a negative one; 0.5 is what random scores get, 0 stands for a missing class. */
  readonly auc: number;
  /** Mean log-loss; log 2 is what a constant 0 gets on balanced samples. */
  readonly logLoss: number;
  /** Share of positive samples among those that score above the threshold; 0 where none does. */
  readonly precision: number;
  /** Share of positive samples that score above the threshold; 0 where there is none. */
  readonly recall: number;
}

/**
 * Evaluates log-odds, such as `predict` gives.
 *
 * @param targets 1 for a positive sample, 0 for a negative one
 * @param threshold log-odds above which a sample is taken for positive; where most samples are negative, those of the average sample
 *   say more than 0
 * @throws {RangeError} if a score is NaN
 * Cost: O(n log n) for n samples.
 */
export function evaluateClicks(scores: ArrayLike<number>, targets: ArrayLike<number>, threshold = 0): ClickMetrics {
  const positives: number[] = [];
  const negatives: number[] = [];
  let loss = 0;
  let numFound = 0;
  let numAbove = 0;
  for (let i = 0; i < targets.length; i++) {
    const score = scores[i] ?? Number.NaN;
    const isPositive = targets[i] === 1;
    const margin = isPositive ? score : -score;
    loss += Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
    (isPositive ? positives : negatives).push(score);
    if (score > threshold) numAbove++;
    if (score > threshold && isPositive) numFound++;
  }
  return {
    auc: auc(positives, negatives),
    logLoss: loss / Math.max(1, targets.length),
    precision: numFound / Math.max(1, numAbove),
    recall: numFound / Math.max(1, positives.length),
  };
}
