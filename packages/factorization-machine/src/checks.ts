import { InvalidArgumentError } from "@furze/core";

/** @throws {InvalidArgumentError} unless `value` is an integer in [low, high] */
export function integerIn(path: string, value: number, low: number, high: number): number {
  if (!Number.isSafeInteger(value) || value < low || value > high) {
    throw new InvalidArgumentError(path, `${path} must be an integer from ${low} to ${high}, got ${value}`);
  }
  return value;
}

/** @throws {InvalidArgumentError} unless `value` is a number in [low, high] */
export function numberIn(path: string, value: number, low: number, high: number): number {
  if (typeof value !== "number" || !(value >= low && value <= high)) {
    throw new InvalidArgumentError(path, `${path} must be a number from ${low} to ${high}, got ${value}`);
  }
  return value;
}

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
