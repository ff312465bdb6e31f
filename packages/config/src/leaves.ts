import { FurzeError, formatDuration, parseDuration } from "@furze/core";
import { z } from "zod";
import { maskValue } from "./mask-text.ts";
import type { KeyKind, LeafField } from "./section.ts";

/** Thrown by a parser of values; the message becomes the problem's. */
export class ValueError extends Error {}

export interface LeafOptions {
  readonly description: string;
  /** Written as in the file. Without one the key may be absent only if `optional` says so. */
  readonly default?: unknown;
  readonly isSecret?: boolean;
  /** Values that are accepted, in words, for the reference page. */
  readonly range?: string;
  /** The same for JSON Schema: `minimum`, `enum` and the like. */
  readonly keywords?: Readonly<Record<string, unknown>>;
}

const DAY_MS = 86_400_000;

/** A key whose value `parse` reads and `print` writes back. */
export function leaf<T>(
  key: string,
  kind: KeyKind,
  options: LeafOptions,
  parse: (value: unknown) => T,
  print: (value: T) => unknown,
): LeafField<T> {
  const parsed = z.unknown().transform((value, context) => {
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
      return z.NEVER;
    }
  });
  const isSecret = options.isSecret ?? false;
  const fallback = options.default;
  const schema = parsed.prefault(fallback);
  return {
    shape: "leaf",
    key,
    kind,
    description: options.description,
    defaultText: fallback === undefined ? undefined : JSON.stringify(fallback),
    range: options.range,
    isSecret,
    keywords: options.keywords ?? {},
    schema,
    print,
    mask: (value) => maskValue(value, isSecret, kind),
  };
}

/** A value as a message shows it. */
export function shown(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? JSON.stringify(value)
    : kindOf(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return value instanceof Date ? "a date" : "a table";
}

/** Whole number; a text of digits is taken too, which is what environment variables hold. */
export function integer(
  key: string,
  options: LeafOptions & { readonly minimum: 0 | 1; readonly maximum?: number },
): LeafField<number> {
  const { minimum, maximum } = options;
  const parse = (value: unknown): number => {
    const number = wholeNumber(key, value);
    if (number < minimum) throw new ValueError(minimum === 1 ? `${key} must be greater than 0` : `${key} must be 0 or greater`);
    if (maximum !== undefined && number > maximum) throw new ValueError(`${key} must be ${maximum} or less`);
    return number;
  };
  const range = maximum === undefined ? `at least ${minimum}` : `${minimum} to ${maximum}`;
  const keywords = maximum === undefined ? { minimum } : { minimum, maximum };
  return leaf(key, "integer", { range, keywords, ...options }, parse, (value) => value);
}

function wholeNumber(key: string, value: unknown): number {
  const number = typeof value === "string" && /^[+-]?\d+$/.test(value.trim()) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isSafeInteger(number)) {
    throw new ValueError(`${key} must be a whole number, not ${shown(value)}`);
  }
  return number;
}

/** Number of days in the file, milliseconds in the configuration. */
export function days(key: string, options: LeafOptions): LeafField<number> {
  const parse = (value: unknown): number => {
    const number = wholeNumber(key, value);
    if (number < 0) throw new ValueError(`${key} must be 0 or greater`);
    return number * DAY_MS;
  };
  return leaf(key, "days", { range: "at least 0", keywords: { minimum: 0 }, ...options }, parse, (ms) => ms / DAY_MS);
}

/**
 * Text such as `1h30m`; an integer counts nanoseconds, as in Gorse. Fewer than a millisecond of them were meant as seconds or minutes, as
 * Gorse v0.3 had it.
 */
export function duration(key: string, options: LeafOptions & { readonly minimum: 0 | 1 }): LeafField<number> {
  const parse = (value: unknown): number => {
    const ms = typeof value === "number" ? value / 1e6 : durationText(key, value);
    if (typeof value === "number" && ms > 0 && ms < 1) {
      throw new ValueError(`${key} = ${value} counts nanoseconds: write a unit, such as "${value}s"`);
    }
    if (options.minimum === 1 && ms <= 0) throw new ValueError(`${key} must be greater than 0`);
    if (ms < 0) throw new ValueError(`${key} must be 0 or greater`);
    return ms;
  };
  const range = options.minimum === 1 ? "more than 0" : "at least 0";
  return leaf(key, "duration", { range, ...options }, parse, formatDuration);
}

function durationText(key: string, value: unknown): number {
  if (typeof value !== "string") throw new ValueError(`${key} must be a duration such as "1h30m", not ${shown(value)}`);
  try {
    return parseDuration(value.trim());
  } catch (error) {
    throw new ValueError(FurzeError.is(error) ? error.message : String(error), { cause: error });
  }
}

const TRUE = new Set(["true", "t", "1"]);
const FALSE = new Set(["false", "f", "0"]);

export function flag(key: string, options: LeafOptions): LeafField<boolean> {
  const parse = (value: unknown): boolean => {
    const text = String(value).trim().toLowerCase();
    if (TRUE.has(text)) return true;
    if (FALSE.has(text)) return false;
    throw new ValueError(`${key} must be true or false, not ${shown(value)}`);
  };
  return leaf(key, "boolean", options, parse, (value) => value);
}
