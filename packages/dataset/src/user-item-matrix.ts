import { InvalidArgumentError } from "@furze/core";
import { checkCsr, checkFinite, checkIndices, checkLength, checkShape, checkWeights } from "./checks.ts";
import { type CsrArrays, sortTriples, transposeCsr } from "./csr.ts";

export interface UserItemTriples {
  readonly numUsers: number;
  readonly numItems: number;
  /** User of each entry, in any order. */
  readonly userIndices: ArrayLike<number>;
  /** Item of each entry, same length as `userIndices`. */
  readonly itemIndices: ArrayLike<number>;
  /** Weight of each entry. Default: all 1, and nothing is stored. */
  readonly values?: ArrayLike<number> | undefined;
  /** Time of each entry in UTC milliseconds. Default: none. */
  readonly timestampsMs?: ArrayLike<number> | undefined;
}

export interface UserItemRows {
  readonly numItems: number;
  /** Item indices of each user, in any order. */
  readonly rows: readonly ArrayLike<number>[];
  /** Weights parallel to `rows`. Default: all 1. */
  readonly values?: readonly ArrayLike<number>[] | undefined;
}

/** The arrays of a matrix in compressed sparse row form. */
export interface UserItemCsr {
  readonly numUsers: number;
  readonly numItems: number;
  readonly userOffsets: Int32Array;
  readonly itemIndices: Int32Array;
  readonly values?: Float32Array | undefined;
  readonly timestampsMs?: Float64Array | undefined;
}

/**
 * Immutable sparse matrix of implicit feedback in compressed sparse row form; rows are always users.
 * A pair of user and item has at most one entry. The view by item is computed on first use and kept.
 *
 * Memory: 4 bytes an entry, 4 more with values, 8 more with times, and 4 to 8 more once the view by item is in use.
 */
export class UserItemMatrix {
  readonly numUsers: number;
  readonly numItems: number;
  /** Length numUsers + 1; the entries of user `u` are `userOffsets[u] .. userOffsets[u + 1]`. */
  readonly userOffsets: Int32Array;
  /** Item of each entry, ascending within a row. */
  readonly itemIndices: Int32Array;
  /** Weight of each entry; `undefined` means all 1. */
  readonly values: Float32Array | undefined;
  /** Time of each entry in UTC milliseconds, when known. */
  readonly timestampsMs: Float64Array | undefined;
  #columns: CsrArrays | undefined;

  private constructor(csr: UserItemCsr) {
    this.numUsers = csr.numUsers;
    this.numItems = csr.numItems;
    this.userOffsets = csr.userOffsets;
    this.itemIndices = csr.itemIndices;
    this.values = csr.values;
    this.timestampsMs = csr.timestampsMs;
  }

  /**
   * Builds a matrix from entries in any order. Of several entries of one pair the largest value and the latest time are kept.
   *
   * @throws {InvalidArgumentError} naming the argument, if lengths differ, an index is out of range or a number is not finite
   * Cost: O(entries + numUsers + numItems) time, 16 to 28 bytes an entry while it runs.
   */
  static fromTriples(triples: UserItemTriples): UserItemMatrix {
    const { numUsers, numItems, userIndices, itemIndices, values, timestampsMs } = triples;
    checkShape(numUsers, "numUsers");
    checkShape(numItems, "numItems");
    checkLength(itemIndices, userIndices.length, "itemIndices");
    checkIndices(userIndices, numUsers, "userIndices");
    checkIndices(itemIndices, numItems, "itemIndices");
    if (values !== undefined) {
      checkLength(values, userIndices.length, "values");
      checkWeights(values, "values");
    }
    if (timestampsMs !== undefined) {
      checkLength(timestampsMs, userIndices.length, "timestampsMs");
      checkFinite(timestampsMs, "timestampsMs");
    }
    const sorted = sortTriples({ numUsers, numItems, userIndices, itemIndices, values, timestampsMs });
    return new UserItemMatrix({ numUsers, numItems, ...sorted });
  }

  /**
   * Builds a matrix from one list of items per user, in any order; repeated items count once.
   *
   * @throws {InvalidArgumentError} as `fromTriples`
   */
  static fromRows(options: UserItemRows): UserItemMatrix {
    const { numItems, rows, values } = options;
    if (values !== undefined) checkLength(values, rows.length, "values");
    const numEntries = rows.reduce((sum, row) => sum + row.length, 0);
    const userIndices = new Int32Array(numEntries);
    const itemIndices = new Float64Array(numEntries);
    const flatValues = values === undefined ? undefined : new Float64Array(numEntries);
    let offset = 0;
    for (const [user, row] of rows.entries()) {
      userIndices.fill(user, offset, offset + row.length);
      itemIndices.set(row, offset);
      if (flatValues !== undefined) {
        const rowValues = values?.[user] ?? [];
        checkLength(rowValues, row.length, `values[${user}]`);
        flatValues.set(rowValues, offset);
      }
      offset += row.length;
    }
    return UserItemMatrix.fromTriples({ numUsers: rows.length, numItems, userIndices, itemIndices, values: flatValues });
  }

  /**
   * Wraps arrays that are in compressed sparse row form already; they are checked, not copied, and must not change afterwards.
   *
   * @throws {InvalidArgumentError} naming the argument
   */
  static fromCsr(csr: UserItemCsr): UserItemMatrix {
    const { numUsers, numItems, userOffsets, itemIndices, values, timestampsMs } = csr;
    checkShape(numUsers, "numUsers");
    checkShape(numItems, "numItems");
    checkCsr(userOffsets, itemIndices, numUsers, numItems, { offsets: "userOffsets", indices: "itemIndices" });
    if (values !== undefined) {
      checkLength(values, itemIndices.length, "values");
      checkWeights(values, "values");
    }
    if (timestampsMs !== undefined) {
      checkLength(timestampsMs, itemIndices.length, "timestampsMs");
      checkFinite(timestampsMs, "timestampsMs");
    }
    return new UserItemMatrix(csr);
  }

  get numEntries(): number {
    return this.itemIndices.length;
  }

  /** Length numItems + 1; the entries of item `i` in the view by item are `itemOffsets[i] .. itemOffsets[i + 1]`. */
  get itemOffsets(): Int32Array {
    return this.#byItem().offsets;
  }

  /** User of each entry in the view by item, ascending within an item. */
  get userIndices(): Int32Array {
    return this.#byItem().indices;
  }

  /** Weight of each entry in the view by item; `undefined` means all 1. */
  get itemValues(): Float32Array | undefined {
    return this.#byItem().values;
  }

  /**
   * Items of a user, ascending: a view, not a copy.
   *
   * @throws {InvalidArgumentError} if there is no such user
   */
  row(userIndex: number): Int32Array {
    const start = this.userOffsets[userIndex];
    if (start === undefined || userIndex >= this.numUsers) {
      throw new InvalidArgumentError("userIndex", `user index ${userIndex} is not in [0, ${this.numUsers})`);
    }
    return this.itemIndices.subarray(start, this.userOffsets[userIndex + 1]);
  }

  /**
   * Users of an item, ascending: a view, not a copy.
   *
   * @throws {InvalidArgumentError} if there is no such item
   */
  column(itemIndex: number): Int32Array {
    const { offsets, indices } = this.#byItem();
    const start = offsets[itemIndex];
    if (start === undefined || itemIndex >= this.numItems) {
      throw new InvalidArgumentError("itemIndex", `item index ${itemIndex} is not in [0, ${this.numItems})`);
    }
    return indices.subarray(start, offsets[itemIndex + 1]);
  }

  /** Whether the pair has an entry; false for indices outside the matrix. Cost: O(log of the row length). */
  has(userIndex: number, itemIndex: number): boolean {
    let low = this.userOffsets[userIndex] ?? 0;
    let high = (this.userOffsets[userIndex + 1] ?? low) - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const item = this.itemIndices[middle]!;
      if (item === itemIndex) return true;
      if (item < itemIndex) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }

  #byItem(): CsrArrays {
    this.#columns ??= transposeCsr(
      { offsets: this.userOffsets, indices: this.itemIndices, values: this.values },
      this.numItems,
    );
    return this.#columns;
  }
}
