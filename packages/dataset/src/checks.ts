import { InvalidArgumentError } from "@furze/core";

const MAX_INDEX = 2 ** 31 - 1;

/** @throws {InvalidArgumentError} unless the value is a whole number in [0, 2^31) */
export function checkShape(value: number, path: string): void {
  if (!(Number.isInteger(value) && value >= 0 && value < MAX_INDEX)) {
    throw new InvalidArgumentError(path, `${path} must be a whole number in [0, 2^31), got ${value}`);
  }
}

export function checkLength(array: ArrayLike<unknown>, length: number, path: string): void {
  if (array.length !== length) {
    throw new InvalidArgumentError(path, `${path} must have ${length} elements, has ${array.length}`);
  }
}

export function checkIndices(indices: ArrayLike<number>, limit: number, path: string): void {
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (!(Number.isInteger(index) && index >= 0 && index < limit)) {
      throw new InvalidArgumentError(path, `${path}[${i}] is ${index}, not a whole number in [0, ${limit})`);
    }
  }
}

export function checkFinite(values: ArrayLike<number>, path: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw new InvalidArgumentError(path, `${path}[${i}] is ${values[i]}, not a finite number`);
  }
}

/** Weights are stored as 32-bit floats, so a number beyond their range counts as infinite. */
export function checkWeights(values: ArrayLike<number>, path: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(Math.fround(values[i]!))) {
      throw new InvalidArgumentError(path, `${path}[${i}] is ${values[i]}, not a finite 32-bit number`);
    }
  }
}

/** @throws {InvalidArgumentError} unless offsets ascend over all indices and every row's indices ascend within [0, numColumns) */
export function checkCsr(
  offsets: Int32Array,
  indices: Int32Array,
  numRows: number,
  numColumns: number,
  paths: { readonly offsets: string; readonly indices: string },
): void {
  checkLength(offsets, numRows + 1, paths.offsets);
  if (offsets[0] !== 0 || offsets[numRows] !== indices.length) {
    throw new InvalidArgumentError(paths.offsets, `${paths.offsets} must run from 0 to ${indices.length}`);
  }
  for (let row = 0; row < numRows; row++) {
    if (offsets[row]! > offsets[row + 1]!) {
      throw new InvalidArgumentError(paths.offsets, `${paths.offsets}[${row + 1}] is less than the element before it`);
    }
  }
  for (let row = 0; row < numRows; row++) {
    let last = -1;
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) {
      const index = indices[entry]!;
      if (index <= last || index >= numColumns) {
        throw new InvalidArgumentError(
          paths.indices,
          `${paths.indices}[${entry}] is ${index}: indices must ascend within a row and stay below ${numColumns}`,
        );
      }
      last = index;
    }
  }
}
