import { type FeedbackExpression, FurzeError, formatFeedbackExpression, parseFeedbackExpression } from "@furze/core";
import { type LeafOptions, leaf, shown, ValueError } from "./leaves.ts";
import type { LeafField } from "./section.ts";

/** The value as text. @throws {ValueError} when it is neither text nor a number or flag */
export function textOf(key: string, value: unknown): string {
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

/** Text of a program that must be given; what looks like a secret in it is masked where it is shown. */
export function script(key: string, options: LeafOptions): LeafField<string> {
  return { ...requiredText(key, options), kind: "script" };
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
  const range = options.choices.map((one) => `\`${one}\``).join(", ");
  return leaf(key, "enum", { range, keywords: { enum: options.choices }, ...options }, parse, (value) => value);
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

/** Parts of an item as expressions name them: the four that hold text, and single labels. */
export function itemColumns(key: string, options: LeafOptions): LeafField<readonly string[]> {
  const parse = (value: unknown): readonly string[] => {
    const columns = listOf(key, value);
    const wrong = columns.find((column) => !/^item\.(ItemId|Categories|Comment|Labels(\.\w+)*)$/.test(column));
    if (wrong === undefined) return columns;
    const known = "item.ItemId, item.Categories, item.Comment, item.Labels and item.Labels.KEY";
    throw new ValueError(`${key} can be ${known}, but has ${shown(wrong)}`);
  };
  return leaf(key, "list", options, parse, (value) => value);
}

/** Regular expressions, each of which must compile. */
export function patterns(key: string, options: LeafOptions): LeafField<readonly string[]> {
  const parse = (value: unknown): readonly string[] => {
    const sources = listOf(key, value);
    const wrong = sources.find((source) => !isPattern(source));
    if (wrong === undefined) return sources;
    throw new ValueError(`${key} must be regular expressions, but has ${shown(wrong)}`);
  };
  return leaf(key, "list", options, parse, (value) => value);
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source) !== undefined;
  } catch {
    return false;
  }
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
