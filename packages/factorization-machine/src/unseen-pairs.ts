import { type Dataset, SeededRandom, type UserItemMatrix } from "@furze/dataset";

/** Pairs of users and items, as two columns. */
export interface Pairs {
  readonly userIndices: Int32Array;
  readonly itemIndices: Int32Array;
}

/**
 * Draws items that users have no feedback on, each as likely as the others, `perPositive` for each positive item of a user; an item may
 * come up again. A user with feedback on every item gets none.
 *
 * Cost: O(pairs of the data set + numItems + drawn * numItems / items that the user has not seen).
 */
export function drawUnseenPairs(
  { positive, negative, read }: Pick<Dataset, "positive" | "negative" | "read">,
  perPositive: number,
  seed: number,
): Pairs {
  const { numUsers, numItems } = positive;
  const matrices = [positive, negative, read];
  const random = new SeededRandom(seed);
  const userIndices = new Int32Array(positive.numEntries * perPositive);
  const itemIndices = new Int32Array(userIndices.length);
  /** Last user, plus 1, who has feedback on the item. */
  const seenBy = new Int32Array(numItems);
  let count = 0;
  for (let user = 0; user < numUsers; user++) {
    const wanted = rowLength(positive, user) * perPositive;
    const numSeen = matrices.reduce((sum, matrix) => sum + rowLength(matrix, user), 0);
    if (wanted === 0 || numSeen >= numItems) continue;
    for (const matrix of matrices) for (const item of matrix.row(user)) seenBy[item] = user + 1;
    for (let drawn = 0; drawn < wanted; ) {
      const item = random.nextInt(numItems);
      if (seenBy[item] === user + 1) continue;
      userIndices[count] = user;
      itemIndices[count++] = item;
      drawn++;
    }
  }
  return { userIndices: userIndices.subarray(0, count), itemIndices: itemIndices.subarray(0, count) };
}

function rowLength({ userOffsets }: UserItemMatrix, user: number): number {
  return (userOffsets[user + 1] ?? 0) - (userOffsets[user] ?? 0);
}
