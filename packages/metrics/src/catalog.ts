/**
 * Catalog coverage: the share of all items that appear in at least one list.
 *
 * @param recommended item indices of all lists together, -1 ignored
 * @returns in [0, 1]; 0 when there are no items
 * @throws {RangeError} if an index is `numItems` or more
 */
export function coverage(recommended: ArrayLike<number>, numItems: number): number {
  const isSeen = new Uint8Array(numItems);
  let count = 0;
  for (let i = 0; i < recommended.length; i++) {
    const item = recommended[i]!;
    if (item < 0) continue;
    if (item >= numItems) throw new RangeError(`item index ${item} is not below ${numItems}`);
    if (isSeen[item] === 0) {
      isSeen[item] = 1;
      count++;
    }
  }
  return numItems === 0 ? 0 : count / numItems;
}

/**
 * Novelty: mean self-information -log2(users of the item / numUsers) of the recommended items, in bits.
 * 0 means that everyone knows everything recommended. An item that no user has counts like one that one user has.
 *
 * @param recommended item indices of all lists together, -1 ignored
 * @param itemFrequencies number of users of each item
 * @param numUsers number of users, at least the largest frequency
 * @returns at least 0, at most log2(numUsers); 0 when nothing was recommended
 * @throws {RangeError} if an index has no frequency or a frequency exceeds `numUsers`
 * Source: Zhou et al., PNAS 2010.
 */
export function novelty(recommended: ArrayLike<number>, itemFrequencies: ArrayLike<number>, numUsers: number): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < recommended.length; i++) {
    const item = recommended[i]!;
    if (item < 0) continue;
    const frequency = itemFrequencies[item];
    if (frequency === undefined) throw new RangeError(`item index ${item} is not below ${itemFrequencies.length}`);
    if (frequency > numUsers) throw new RangeError(`item ${item} has ${frequency} users of ${numUsers}`);
    sum += Math.log2(Math.max(1, numUsers) / Math.max(1, frequency));
    count++;
  }
  return count === 0 ? 0 : sum / count;
}
