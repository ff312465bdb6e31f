/**
 * Metrics of one ranked list against the set of items that were relevant.
 * In all of them `recommended` holds item indices, best first; elements past `k` and -1 (padding) never count,
 * a list may be shorter than `k`, and a user without relevant items scores 0.
 * Every result lies in [0, 1]. A repeated item in the list counts once, at its best rank.
 */

interface Hits {
  readonly count: number;
  readonly discountedGain: number;
  /** Sum over the hits of precision at the rank of the hit. */
  readonly precisionSum: number;
}

/**
 * Normalized discounted cumulative gain with binary relevance: sum of 1 / log2(rank + 1) over the hits,
 * divided by its largest possible value, that of min(|relevant|, k) hits at the top.
 *
 * @throws {RangeError} if `k` is not a positive integer
 * Source: Jarvelin, Kekalainen, TOIS 2002.
 */
export function ndcgAtK(recommended: ArrayLike<number>, relevant: ReadonlySet<number>, k: number): number {
  const ideal = idealGain(Math.min(relevant.size, checkedK(k)));
  return ideal === 0 ? 0 : findHits(recommended, relevant, k).discountedGain / ideal;
}

/** Share of the relevant items that are in the first `k`. @throws {RangeError} if `k` is not a positive integer */
export function recallAtK(recommended: ArrayLike<number>, relevant: ReadonlySet<number>, k: number): number {
  const { count } = findHits(recommended, relevant, checkedK(k));
  return relevant.size === 0 ? 0 : count / relevant.size;
}

/** Hits in the first `k` divided by `k`, also when the list is shorter. @throws {RangeError} if `k` is not a positive integer */
export function precisionAtK(recommended: ArrayLike<number>, relevant: ReadonlySet<number>, k: number): number {
  return findHits(recommended, relevant, checkedK(k)).count / k;
}

/**
 * Average precision: the sum over the hits of precision at the rank of the hit, divided by min(|relevant|, k).
 * Its mean over users is MAP.
 *
 * @throws {RangeError} if `k` is not a positive integer
 */
export function mapAtK(recommended: ArrayLike<number>, relevant: ReadonlySet<number>, k: number): number {
  const { precisionSum } = findHits(recommended, relevant, checkedK(k));
  return relevant.size === 0 ? 0 : precisionSum / Math.min(relevant.size, k);
}

/** 1 when any of the first `k` is relevant, else 0. @throws {RangeError} if `k` is not a positive integer */
export function hitRateAtK(recommended: ArrayLike<number>, relevant: ReadonlySet<number>, k: number): number {
  return findHits(recommended, relevant, checkedK(k)).count > 0 ? 1 : 0;
}

/** Largest discounted gain that `numHits` hits can have. */
export function idealGain(numHits: number): number {
  let gain = 0;
  for (let rank = 1; rank <= numHits; rank++) gain += 1 / Math.log2(rank + 1);
  return gain;
}

/** @throws {RangeError} if `k` is not a positive integer */
export function checkedK(k: number): number {
  if (!(Number.isInteger(k) && k > 0)) throw new RangeError(`k must be a positive integer, got ${k}`);
  return k;
}

function findHits(recommended: ArrayLike<number>, relevant: ReadonlySet<number>, k: number): Hits {
  const seen = new Set<number>();
  const length = Math.min(k, recommended.length);
  let discountedGain = 0;
  let precisionSum = 0;
  for (let i = 0; i < length; i++) {
    const item = recommended[i]!;
    if (item < 0 || !relevant.has(item) || seen.has(item)) continue;
    seen.add(item);
    discountedGain += 1 / Math.log2(i + 2);
    precisionSum += seen.size / (i + 1);
  }
  return { count: seen.size, discountedGain, precisionSum };
}
