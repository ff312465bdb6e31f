import { type Dataset, SeededRandom, type UserItemMatrix } from "@furze/dataset";
import type { Turns } from "./turns.ts";

/** Pairs of users and items, as two columns. */
export interface Pairs {
  readonly userIndices: Int32Array;
  readonly itemIndices: Int32Array;
}

export interface DrawOptions {
  readonly perPositive: number;
  readonly seed: number;
  readonly turns: Turns;
}

/** What an item weighs that nobody likes, in likes. */
const LEAST_LIKES = 0.2;

/**
 * Draws items that users have no feedback on, `perPositive` for each positive item of a user; an item may come up again. Its chance goes with
 * the square root of how many like it: what is popular and has still not been chosen says more than what hardly anybody knows. A user
 * with feedback on every item gets none. Between two users others may have a turn.
 *
 * @throws {AbortError} if the signal of the turns is aborted
 * Cost: O(pairs of the data set + numItems + drawn * log numItems), more for users who have seen nearly all.
 * Source of the root: Mikolov et al., NIPS 2013, who take the power 0.75.
 */
export async function drawUnseenPairs(
  { positive, negative, read }: Pick<Dataset, "positive" | "negative" | "read">,
  { perPositive, seed, turns }: DrawOptions,
): Promise<Pairs> {
  const { numUsers, numItems } = positive;
  const matrices = [positive, negative, read];
  const random = new SeededRandom(seed);
  const chances = chancesOf(positive);
  const userIndices = new Int32Array(positive.numEntries * perPositive);
  const itemIndices = new Int32Array(userIndices.length);
  /** Last user, plus 1, who has feedback on the item. */
  const seenBy = new Int32Array(numItems);
  let count = 0;
  for (let user = 0; user < numUsers; user++) {
    if (turns.isOver) await turns.next();
    const wanted = rowLength(positive, user) * perPositive;
    const numSeen = matrices.reduce((sum, matrix) => sum + rowLength(matrix, user), 0);
    if (wanted === 0 || numSeen >= numItems) continue;
    for (const matrix of matrices) for (const item of matrix.row(user)) seenBy[item] = user + 1;
    userIndices.fill(user, count, count + wanted);
    for (const end = count + wanted; count < end; ) {
      const item = placeOf(chances, random.next() * (chances[numItems - 1] ?? 0));
      if (seenBy[item] !== user + 1) itemIndices[count++] = item;
    }
  }
  return { userIndices: userIndices.subarray(0, count), itemIndices: itemIndices.subarray(0, count) };
}

function rowLength({ userOffsets }: UserItemMatrix, user: number): number {
  return (userOffsets[user + 1] ?? 0) - (userOffsets[user] ?? 0);
}

/** Running sums of what the items weigh. */
function chancesOf({ numItems, itemIndices }: UserItemMatrix): Float64Array {
  const chances = new Float64Array(numItems).fill(LEAST_LIKES);
  for (const item of itemIndices) chances[item] = (chances[item] ?? 0) + 1;
  let sum = 0;
  for (const [item, likes] of chances.entries()) {
    sum += Math.sqrt(likes);
    chances[item] = sum;
  }
  return chances;
}

/** The first place whose running sum is above a number, which is below the last sum. */
function placeOf(sums: Float64Array, number: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > number) high = middle;
    else low = middle + 1;
  }
  return low;
}
