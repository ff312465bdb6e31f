import { InvalidArgumentError, integerIn } from "@furze/core";
import { checkFinite, checkIndices, checkLength } from "./checks.ts";

/** Sparse rows of features: row r has the features `indices[offsets[r]]` to `indices[offsets[r + 1] - 1]`. */
export interface FeatureRows {
  readonly numFeatures: number;
  /** Length number of rows + 1, ascending from 0. */
  readonly offsets: Int32Array;
  /** In any order within a row. */
  readonly indices: Int32Array;
  /** Parallel to the indices. Default: all 1. */
  readonly values?: Float32Array | undefined;
}

/** Features of one row. */
export interface FeatureList {
  readonly indices: ArrayLike<number>;
  /** Default: all 1. */
  readonly values?: ArrayLike<number> | undefined;
}

/** @throws {InvalidArgumentError} naming the part that does not fit the others */
export function checkRows(rows: FeatureRows): void {
  const { numFeatures, offsets, indices, values } = rows;
  integerIn("numFeatures", numFeatures, 0, 2 ** 31 - 1);
  if (offsets.length === 0 || offsets[0] !== 0 || offsets.at(-1) !== indices.length) {
    throw new InvalidArgumentError("offsets", `offsets must run from 0 to the number of indices, ${indices.length}`);
  }
  let last = 0;
  for (const [row, offset] of offsets.entries()) {
    if (offset < last) throw new InvalidArgumentError("offsets", `offsets[${row}] is less than the element before it`);
    last = offset;
  }
  checkFeatures({ indices, values }, numFeatures);
}

/** @throws {InvalidArgumentError} naming the part that is wrong */
export function checkFeatures({ indices, values }: FeatureList, numFeatures: number): void {
  checkIndices("indices", indices, numFeatures);
  if (values === undefined) return;
  checkLength("values", values, indices.length);
  checkFinite("values", values);
}
