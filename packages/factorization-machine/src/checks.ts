import { InvalidArgumentError } from "@furze/core";

/** @throws {InvalidArgumentError} unless all numbers are integers in [0, limit) */
export function checkIndices(path: string, indices: ArrayLike<number>, limit: number): void {
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (index === undefined || !(Number.isInteger(index) && index >= 0 && index < limit)) {
      throw new InvalidArgumentError(path, `${path}[${i}] is ${index}, not an integer in [0, ${limit})`);
    }
  }
}

/** @throws {InvalidArgumentError} unless all numbers are finite as 32-bit floats */
export function checkFinite(path: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(Math.fround(values[i] ?? Number.NaN))) {
      throw new InvalidArgumentError(path, `${path}[${i}] is ${values[i]}, not a finite 32-bit number`);
    }
  }
}

/** @throws {InvalidArgumentError} unless the array has that many elements */
export function checkLength(path: string, array: ArrayLike<unknown>, length: number): void {
  if (array.length !== length)
    throw new InvalidArgumentError(path, `${path} must have ${length} elements, has ${array.length}`);
}
