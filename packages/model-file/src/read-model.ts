import { InvalidModelFileError } from "./errors.ts";
import type { ModelFile } from "./model-file.ts";

/** Reads fields of the header of a model file, which may hold anything; what does not fit is an `InvalidModelFileError`. */
export class HeaderReader {
  readonly #fields: Readonly<Record<string, unknown>>;

  /** @throws {InvalidModelFileError} if the header is no object */
  constructor(header: unknown) {
    if (typeof header !== "object" || header === null) throw new InvalidModelFileError("header", "the header is no object");
    this.#fields = { ...header };
  }

  /** A positive integer. @throws {InvalidModelFileError} if it is none */
  count(name: string): number {
    const value = this.#fields[name];
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) {
      throw new InvalidModelFileError("header", `"${name}" must be a positive integer, is ${JSON.stringify(value)}`);
    }
    return value;
  }

  /** A number; undefined for anything else. */
  optionalNumber(name: string): number | undefined {
    const value = this.#fields[name];
    return typeof value === "number" ? value : undefined;
  }

  /** A list of integers from 1 to `largest`. @throws {InvalidModelFileError} if it is none */
  counts(name: string, largest: number): number[] {
    const list = this.#fields[name];
    const isCount = (value: unknown): value is number =>
      Number.isInteger(value) && Number(value) >= 1 && Number(value) <= largest;
    if (!Array.isArray(list) || !list.every(isCount))
      throw new InvalidModelFileError("header", `"${name}" must be a list of integers from 1 to ${largest}`);
    return list;
  }

  /** The numbers of the object `parameters`. @throws {InvalidModelFileError} if there is none */
  parameters(): Record<string, number> {
    const { parameters } = this.#fields;
    if (typeof parameters !== "object" || parameters === null)
      throw new InvalidModelFileError("header", '"parameters" is no object');
    const numbers = Object.entries(parameters).filter((entry): entry is [string, number] => typeof entry[1] === "number");
    return Object.fromEntries(numbers);
  }
}

/** A float array of a file. @throws {InvalidModelFileError} if it is not there, of another length, or not finite */
export function finiteFloats(file: ModelFile, name: string, length: number): Float32Array {
  const array = file.arrays[name];
  if (!(array instanceof Float32Array) || array.length !== length)
    throw new InvalidModelFileError("array", `"${name}" must hold ${length} floats`);
  if (!array.every(Number.isFinite)) throw new InvalidModelFileError("array", `"${name}" holds numbers that are not finite`);
  return array;
}
