import {
  type FeedbackExpression,
  FurzeError,
  formatDuration,
  formatFeedbackExpression,
  parseDuration,
  parseFeedbackExpression,
} from "@furze/core";
import { compileExpression, type Environment, ExpressionError, type ResultType } from "@furze/expression";
import { z } from "zod";
import type { KeyKind, LeafField } from "./section.ts";

/** Thrown by a parser of values; the message becomes the problem's. */
export class ValueError extends Error {}

export interface LeafOptions {
  readonly description: string;
  /** Written as in the file. Without one the key may be absent only if `optional` says so. */
  readonly default?: unknown;
  readonly isSecret?: boolean;
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
  const fallback = options.default;
  const schema = parsed.prefault(fallback);
  return {
    shape: "leaf",
    key,
    kind,
    description: options.description,
    defaultText: fallback === undefined ? undefined : JSON.stringify(fallback),
    isSecret: options.isSecret ?? false,
    schema,
    print,
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
  return leaf(key, "integer", options, parse, (value) => value);
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
  return leaf(key, "days", options, parse, (ms) => ms / DAY_MS);
}

/** Text such as `1h30m`; an integer counts nanoseconds, as in Gorse. */
export function duration(key: string, options: LeafOptions & { readonly minimum: 0 | 1 }): LeafField<number> {
  const parse = (value: unknown): number => {
    const ms = typeof value === "number" ? value / 1e6 : durationText(key, value);
    if (options.minimum === 1 && ms <= 0) throw new ValueError(`${key} must be greater than 0`);
    if (ms < 0) throw new ValueError(`${key} must be 0 or greater`);
    return ms;
  };
  return leaf(key, "duration", options, parse, formatDuration);
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

function textOf(key: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new ValueError(`${key} must be a string, not ${shown(value)}`);
}

export function text(key: string, options: LeafOptions): LeafField<string> {
  return leaf(
    key,
    "string",
    options,
    (value) => textOf(key, value),
    (value) => value,
  );
}

/** Text that may be absent; what absence means is decided when all keys are known. */
export function optionalText(key: string, options: LeafOptions): LeafField<string> {
  return leaf(
    key,
    "string",
    options,
    (value) => (value === undefined ? "" : textOf(key, value)),
    (value) => value,
  );
}

/** Text that must be given and not be empty. */
export function requiredText(key: string, options: LeafOptions): LeafField<string> {
  const parse = (value: unknown): string => {
    const given = value === undefined ? "" : textOf(key, value);
    if (given === "") throw new ValueError(`${key} is a required field`);
    return given;
  };
  return leaf(key, "string", options, parse, (value) => value);
}

export interface ChoiceOptions<T extends string> extends LeafOptions {
  readonly choices: readonly T[];
  /** Values that Gorse knows, with the part of Furze that would be needed. */
  readonly missing?: Readonly<Record<string, string>>;
}

export function choice<T extends string>(key: string, options: ChoiceOptions<T>): LeafField<T> {
  const parse = (value: unknown): T => {
    const found = options.choices.find((one) => one === value);
    if (found !== undefined) return found;
    const missing = typeof value === "string" && options.missing !== undefined && Object.hasOwn(options.missing, value);
    if (missing) throw new ValueError(`${key} ${value} is not supported yet: this release has no ${options.missing?.[value]}`);
    throw new ValueError(`${key} must be one of [${options.choices.join(" ")}]`);
  };
  return leaf(key, "enum", options, parse, (value) => value);
}

function listOf(key: string, value: unknown): readonly string[] {
  // One text stands for a list of one, as in Gorse; in environment variables commas separate.
  const parts = typeof value === "string" ? value.split(",").map((part) => part.trim()) : value;
  if (!Array.isArray(parts)) throw new ValueError(`${key} must be a list of strings, not ${shown(value)}`);
  const wrong = parts.find((part) => typeof part !== "string");
  if (wrong !== undefined) throw new ValueError(`${key} must be a list of strings, but has ${shown(wrong)}`);
  return parts.filter((part) => part !== "");
}

export function list(key: string, options: LeafOptions): LeafField<readonly string[]> {
  return leaf(
    key,
    "list",
    options,
    (value) => listOf(key, value),
    (value) => value,
  );
}

export function feedbackTypes(key: string, options: LeafOptions): LeafField<readonly FeedbackExpression[]> {
  const parse = (value: unknown): readonly FeedbackExpression[] =>
    listOf(key, value).map((one) => {
      try {
        return parseFeedbackExpression(one);
      } catch (error) {
        throw new ValueError(FurzeError.is(error) ? error.message : String(error), { cause: error });
      }
    });
  return leaf(key, "list", options, parse, (value) => value.map(formatFeedbackExpression));
}

export interface ExpressionOptions extends LeafOptions {
  readonly environment: Environment<never>;
  readonly resultType: ResultType;
}

/** Expression that must compile; an empty one stands for none, unless the key is required. */
export function expression(key: string, options: ExpressionOptions & { readonly isRequired?: boolean }): LeafField<string> {
  const parse = (value: unknown): string => {
    const source = value === undefined ? "" : textOf(key, value);
    if (source === "" && options.isRequired === true) throw new ValueError(`${key} is a required field`);
    if (source !== "") checkExpression(source, options);
    return source;
  };
  return leaf(key, "expression", options, parse, (value) => value);
}

function checkExpression(source: string, options: ExpressionOptions): void {
  try {
    compileExpression(source, { environment: options.environment, resultType: options.resultType });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const { line, column } = error.position;
    const place = line === 1 ? `column ${column}` : `its line ${line}, column ${column}`;
    throw new ValueError(`invalid item expression at ${place}: ${error.detail}`, { cause: error });
  }
}

export interface StoreOptions extends LeafOptions {
  readonly backend: "data" | "cache";
  readonly supported: readonly string[];
  /** Schemes that Gorse takes and this release does not. */
  readonly planned: readonly string[];
}

/** Address of a store, checked by its scheme only: what follows belongs to the driver. */
export function storeUri(key: string, options: StoreOptions): LeafField<string> {
  const parse = (value: unknown): string => {
    const uri = textOf(key, value);
    if (options.supported.some((scheme) => uri.startsWith(scheme) && uri.length > scheme.length)) return uri;
    const planned = options.planned.find((scheme) => uri.startsWith(scheme));
    const reason = planned === undefined ? "" : `${planned} is not supported yet, `;
    throw new ValueError(
      `unsupported ${options.backend} storage backend: ${reason}the address must begin with ${options.supported.join(" or ")}`,
    );
  };
  return leaf(key, "uri", options, parse, (value) => value);
}

/** Folder of model files: a plain path. */
export function blobUri(key: string, options: LeafOptions & { readonly planned: readonly string[] }): LeafField<string> {
  const parse = (value: unknown): string => {
    const uri = textOf(key, value);
    if (uri === "") throw new ValueError(`${key} is a required field`);
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(uri)?.[1];
    if (scheme === undefined) return uri;
    if (options.planned.includes(scheme)) throw new ValueError(`blob.uri scheme ${scheme}:// is not supported yet, use a path`);
    throw new ValueError(`unsupported blob.uri scheme: ${scheme}`);
  };
  return leaf(key, "uri", options, parse, (value) => value);
}
