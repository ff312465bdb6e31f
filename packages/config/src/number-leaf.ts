import { type LeafOptions, leaf, shown, ValueError } from "./leaves.ts";
import type { LeafField } from "./section.ts";

export interface NumberOptions extends LeafOptions {
  /** Whether 0 itself is allowed. */
  readonly isZeroAllowed: boolean;
}

/** List of numbers, none below 0; a text is split at commas, which is what environment variables hold. */
export function weights(key: string, options: LeafOptions): LeafField<readonly number[]> {
  const parse = (value: unknown): readonly number[] => {
    const list = typeof value === "string" ? value.split(",").filter((part) => part.trim() !== "") : value;
    if (!Array.isArray(list)) throw new ValueError(`${key} must be a list of numbers, not ${shown(value)}`);
    return list.map((entry: unknown) => {
      const number = typeof entry === "string" ? Number(entry) : entry;
      if (typeof number === "number" && number >= 0 && number < Number.POSITIVE_INFINITY) return number;
      throw new ValueError(`${key} must hold numbers of 0 or greater, not ${shown(entry)}`);
    });
  };
  const keywords = { items: { type: "number", minimum: 0 } };
  return leaf(key, "list", { range: "numbers, at least 0", keywords, ...options }, parse, (value) => value);
}

/** Number between 0 and 1; a text that is one is taken too, which is what environment variables hold. */
export function share(key: string, options: NumberOptions): LeafField<number> {
  const parse = (value: unknown): number => {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number !== "number" || Number.isNaN(number))
      throw new ValueError(`${key} must be a number, not ${shown(value)}`);
    if (number < 0 || (number === 0 && !options.isZeroAllowed)) {
      throw new ValueError(options.isZeroAllowed ? `${key} must be 0 or greater` : `${key} must be greater than 0`);
    }
    if (number > 1) throw new ValueError(`${key} must be 1 or less`);
    return number;
  };
  const range = options.isZeroAllowed ? "0 to 1" : "more than 0, at most 1";
  const keywords = { ...(options.isZeroAllowed ? { minimum: 0 } : { exclusiveMinimum: 0 }), maximum: 1 };
  return leaf(key, "number", { range, keywords, ...options }, parse, (value) => value);
}
