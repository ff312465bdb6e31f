import { InvalidArgumentError } from "./errors.ts";

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
