import { InvalidArgumentError } from "@furze/core";
import { SeededRandom } from "./seeded-random.ts";
import { UserItemMatrix } from "./user-item-matrix.ts";

/** Two matrices of the shape of the original; every entry is in exactly one of them. */
export interface Split {
  readonly train: UserItemMatrix;
  readonly test: UserItemMatrix;
}

export interface LeaveOneOutOptions {
  /** Same seed, same split. Default 0. */
  readonly seed?: number;
  /** Which entry of a user goes to the test set: a random one, or the one with the latest time (equal times: a random one of them). Default `"random"`. */
  readonly by?: "random" | "latest";
}

export interface FractionOptions {
  /** Share that goes to the test set, in [0, 1]. */
  readonly fraction: number;
  /** Same seed, same split. Default 0. */
  readonly seed?: number;
}

/**
 * Moves one entry of every user to the test set. A user with a single entry keeps it for training,
 * as nothing could be predicted for a user without any.
 *
 * @throws {InvalidArgumentError} if `by` is `"latest"` and the matrix has no timestamps
 * Cost: O(entries) time, one byte an entry while it runs.
 */
export function leaveOneOutSplit(matrix: UserItemMatrix, options: LeaveOneOutOptions = {}): Split {
  const { seed = 0, by = "random" } = options;
  const random = new SeededRandom(seed);
  const isTest = new Uint8Array(matrix.numEntries);
  const times = matrix.timestampsMs;
  if (by === "latest" && times === undefined) {
    throw new InvalidArgumentError("by", 'by "latest" needs a matrix with timestamps');
  }
  for (let user = 0; user < matrix.numUsers; user++) {
    const start = matrix.userOffsets[user]!;
    const end = matrix.userOffsets[user + 1]!;
    if (end - start < 2) continue;
    const chosen = by === "latest" ? latestEntry(times!, start, end, random) : start + random.nextInt(end - start);
    isTest[chosen] = 1;
  }
  return partition(matrix, isTest);
}

/**
 * Moves a share of all entries, rounded to a whole number of them, to the test set; every entry is equally likely.
 *
 * @throws {InvalidArgumentError} if the fraction is not in [0, 1]
 * Cost: O(entries) time, one byte an entry while it runs.
 */
export function randomSplit(matrix: UserItemMatrix, options: FractionOptions): Split {
  return partition(matrix, sample(matrix.numEntries, options));
}

/**
 * Moves all entries of a share of the users, rounded to a whole number of them, to the test set:
 * the split that shows how well a model serves users it was not trained on.
 *
 * @throws {InvalidArgumentError} if the fraction is not in [0, 1]
 * Cost: O(entries + users) time, one byte an entry while it runs.
 */
export function userSplit(matrix: UserItemMatrix, options: FractionOptions): Split {
  const isTestUser = sample(matrix.numUsers, options);
  const isTest = new Uint8Array(matrix.numEntries);
  for (let user = 0; user < matrix.numUsers; user++) {
    isTest.fill(isTestUser[user]!, matrix.userOffsets[user]!, matrix.userOffsets[user + 1]!);
  }
  return partition(matrix, isTest);
}

/** Selection sampling (Knuth, The Art of Computer Programming, 3.4.2, algorithm S): exactly the wanted number of ones. */
function sample(length: number, options: FractionOptions): Uint8Array {
  const { fraction, seed = 0 } = options;
  if (!(fraction >= 0 && fraction <= 1)) {
    throw new InvalidArgumentError("fraction", `fraction must be in [0, 1], got ${fraction}`);
  }
  const random = new SeededRandom(seed);
  const chosen = new Uint8Array(length);
  let wanted = Math.round(length * fraction);
  for (let i = 0; i < length && wanted > 0; i++) {
    if (random.nextInt(length - i) < wanted) {
      chosen[i] = 1;
      wanted--;
    }
  }
  return chosen;
}

function latestEntry(times: Float64Array, start: number, end: number, random: SeededRandom): number {
  let best = start;
  let numTied = 1;
  for (let entry = start + 1; entry < end; entry++) {
    if (times[entry]! > times[best]!) {
      best = entry;
      numTied = 1;
    } else if (times[entry]! === times[best]! && random.nextInt(++numTied) === 0) {
      best = entry;
    }
  }
  return best;
}

function partition(matrix: UserItemMatrix, isTest: Uint8Array): Split {
  return { train: select(matrix, isTest, 0), test: select(matrix, isTest, 1) };
}

function select(matrix: UserItemMatrix, side: Uint8Array, wanted: 0 | 1): UserItemMatrix {
  let count = 0;
  for (let i = 0; i < side.length; i++) if (side[i] === wanted) count++;
  const userOffsets = new Int32Array(matrix.numUsers + 1);
  const itemIndices = new Int32Array(count);
  const values = matrix.values === undefined ? undefined : new Float32Array(count);
  const timestampsMs = matrix.timestampsMs === undefined ? undefined : new Float64Array(count);
  let target = 0;
  for (let user = 0; user < matrix.numUsers; user++) {
    for (let entry = matrix.userOffsets[user]!; entry < matrix.userOffsets[user + 1]!; entry++) {
      if (side[entry] !== wanted) continue;
      itemIndices[target] = matrix.itemIndices[entry]!;
      if (values !== undefined) values[target] = matrix.values![entry]!;
      if (timestampsMs !== undefined) timestampsMs[target] = matrix.timestampsMs![entry]!;
      target++;
    }
    userOffsets[user + 1] = target;
  }
  return UserItemMatrix.fromCsr({
    numUsers: matrix.numUsers,
    numItems: matrix.numItems,
    userOffsets,
    itemIndices,
    values,
    timestampsMs,
  });
}
