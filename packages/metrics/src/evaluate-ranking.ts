import { checkedK, idealGain } from "./ranking.ts";

export interface RankingInput {
  /** Shape [numUsers, k], row-major, item indices best first, each at most once in a row, -1 where a list ends early. */
  readonly recommended: Int32Array;
  /** Length of every list. */
  readonly k: number;
  /** Relevant items of user `u`: `indices[offsets[u] .. offsets[u + 1])`, each at most once; the held-out entries of a split. */
  readonly relevant: { readonly offsets: Int32Array; readonly indices: Int32Array };
}

/** Means over the users that have a relevant item; all 0 when there is none. */
export interface RankingMetrics {
  /** Number of users that have a relevant item. */
  readonly numUsers: number;
  readonly ndcg: number;
  readonly recall: number;
  readonly precision: number;
  readonly map: number;
  readonly hitRate: number;
}

/**
 * All ranking metrics at `k` for many users at once; each as its single-user function defines it.
 *
 * @returns means over users with a relevant item, never NaN
 * @throws {RangeError} if `k` is not a positive integer or the shapes differ
 * Cost: O(numUsers * k + entries) time; memory 4 bytes per item index up to the largest one seen.
 */
export function evaluateRanking(input: RankingInput): RankingMetrics {
  const { recommended, relevant } = input;
  const k = checkedK(input.k);
  const numRows = relevant.offsets.length - 1;
  if (numRows < 0 || recommended.length !== numRows * k) {
    throw new RangeError(`recommended must have ${Math.max(0, numRows)} * ${k} elements, has ${recommended.length}`);
  }
  const ideal = Float64Array.from({ length: k + 1 }, (_, hits) => idealGain(hits));
  // Row number + 1 of the user for whom an item is relevant: no clearing between users.
  const stamp = new Int32Array(largest(relevant.indices) + 1);
  const sums = { numUsers: 0, ndcg: 0, recall: 0, precision: 0, map: 0, hitRate: 0 };
  for (let row = 0; row < numRows; row++) {
    const start = relevant.offsets[row]!;
    const end = relevant.offsets[row + 1]!;
    if (end <= start) continue;
    for (let entry = start; entry < end; entry++) stamp[relevant.indices[entry]!] = row + 1;
    let hits = 0;
    let gain = 0;
    let precisionSum = 0;
    for (let rank = 1; rank <= k; rank++) {
      if (stamp[recommended[row * k + rank - 1]!] !== row + 1) continue;
      hits++;
      gain += 1 / Math.log2(rank + 1);
      precisionSum += hits / rank;
    }
    const most = Math.min(end - start, k);
    sums.numUsers++;
    sums.ndcg += gain / ideal[most]!;
    sums.recall += hits / (end - start);
    sums.precision += hits / k;
    sums.map += precisionSum / most;
    sums.hitRate += hits > 0 ? 1 : 0;
  }
  const n = Math.max(1, sums.numUsers);
  return {
    numUsers: sums.numUsers,
    ndcg: sums.ndcg / n,
    recall: sums.recall / n,
    precision: sums.precision / n,
    map: sums.map / n,
    hitRate: sums.hitRate / n,
  };
}

function largest(indices: Int32Array): number {
  let result = -1;
  for (let i = 0; i < indices.length; i++) if (indices[i]! > result) result = indices[i]!;
  return result;
}
