/**
 * Area under the ROC curve: the probability that a positive example scores above a negative one, ties counting half.
 * 0 when either class is empty, as nothing was ranked.
 *
 * @param positiveScores scores of the positive examples, any order
 * @param negativeScores scores of the negative examples, any order
 * @returns in [0, 1]; 0.5 is what random scores get
 * @throws {RangeError} if a score is NaN
 * Cost: O(n log n) time for n scores in all, 8 bytes a score.
 */
export function auc(positiveScores: ArrayLike<number>, negativeScores: ArrayLike<number>): number {
  const positives = sorted(positiveScores);
  const negatives = sorted(negativeScores);
  if (positives.length === 0 || negatives.length === 0) return 0;
  let below = 0;
  let notAbove = 0;
  let wins = 0;
  for (let i = 0; i < positives.length; i++) {
    const score = positives[i]!;
    while (below < negatives.length && negatives[below]! < score) below++;
    while (notAbove < negatives.length && negatives[notAbove]! <= score) notAbove++;
    wins += (below + notAbove) / 2;
  }
  return wins / (positives.length * negatives.length);
}

function sorted(scores: ArrayLike<number>): Float64Array {
  const copy = Float64Array.from(scores);
  for (let i = 0; i < copy.length; i++) if (Number.isNaN(copy[i])) throw new RangeError(`score ${i} is NaN`);
  return copy.sort();
}
