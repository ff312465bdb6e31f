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

/** Options of `latestSplit`: exactly one of `fraction` and `count`. */
export interface LatestOptions {
  /** Share of each user's entries that goes to the test set, in [0, 1], rounded to a whole number of them. */
  readonly fraction?: number;
  /** Number of each user's entries that go to the test set, at least 0. */
  readonly count?: number;
  /** Same seed, same choice among entries of equal time. Default 0. */
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
 * Moves the newest entries of every user to the test set: the split that resembles serving, where a model knows the past alone. A user
 * keeps at least one entry for training, as nothing could be predicted for a user without any.
 *
 * @throws {InvalidArgumentError} if the matrix has no timestamps, if not exactly one of `fraction` and `count` is given, or it is out of range
 * Cost: O(entries * log(entries of a user)) time, one byte an entry while it runs.
 */
export function latestSplit(matrix: UserItemMatrix, options: LatestOptions): Split {
  const { fraction, count, seed = 0 } = options;
  if ((fraction === undefined) === (count === undefined))
    throw new InvalidArgumentError("fraction", "give either a fraction or a count of the entries of a user");
  if (fraction !== undefined) checkFraction(fraction);
  if (count !== undefined && !(Number.isSafeInteger(count) && count >= 0))
    throw new InvalidArgumentError("count", `count must be an integer >= 0, got ${count}`);
  const times = matrix.timestampsMs;
  if (times === undefined) throw new InvalidArgumentError("matrix", "the newest entries need a matrix with timestamps");
  const random = new SeededRandom(seed);
  const isTest = new Uint8Array(matrix.numEntries);
  for (let user = 0; user < matrix.numUsers; user++) {
    const start = matrix.userOffsets[user]!;
    const length = matrix.userOffsets[user + 1]! - start;
    const wanted = Math.min(count ?? Math.round(length * fraction!), length - 1);
    if (wanted < 1) continue;
    // Shuffled first: the sort keeps the order of equal times, which is a random one then.
    const entries = shuffled(start, length, random).sort((a, b) => times[b]! - times[a]!);
    for (const entry of entries.subarray(0, wanted)) isTest[entry] = 1;
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
  checkFraction(fraction);
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

function checkFraction(fraction: number): void {
  if (!(fraction >= 0 && fraction <= 1)) {
    throw new InvalidArgumentError("fraction", `fraction must be in [0, 1], got ${fraction}`);
  }
}

/** The numbers from `start` on in a random order (Fisher and Yates). */
function shuffled(start: number, length: number, random: SeededRandom): Int32Array {
  const numbers = Int32Array.from({ length }, (_, i) => start + i);
  for (let i = length - 1; i > 0; i--) {
    const other = random.nextInt(i + 1);
    const value = numbers[i]!;
    numbers[i] = numbers[other]!;
    numbers[other] = value;
  }
  return numbers;
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
