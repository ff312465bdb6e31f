import { auc } from "@furze/metrics";

/** How well scores tell positive from negative samples. */
export interface ClickMetrics {
  /** Probability that a positive sample scores above a negative one; 0.5 is what random scores get, 0 stands for a missing class. */
  readonly auc: number;
  /** Mean log-loss; log 2 is what a constant 0 gets on balanced samples. */
  readonly logLoss: number;
}

/**
 * Evaluates log-odds, such as `predict` gives.
 *
 * @param targets 1 for a positive sample, 0 for a negative one
 * @throws {RangeError} if a score is NaN
 * Cost: O(n log n) for n samples.
 */
export function evaluateClicks(scores: ArrayLike<number>, targets: ArrayLike<number>): ClickMetrics {
  const positives: number[] = [];
  const negatives: number[] = [];
  let loss = 0;
  for (let i = 0; i < targets.length; i++) {
    const score = scores[i] ?? Number.NaN;
    const isPositive = targets[i] === 1;
    const margin = isPositive ? score : -score;
    loss += Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
    (isPositive ? positives : negatives).push(score);
  }
  return { auc: auc(positives, negatives), logLoss: loss / Math.max(1, targets.length) };
}
