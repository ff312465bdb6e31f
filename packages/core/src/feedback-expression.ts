import { InvalidArgumentError } from "./errors.ts";
import type { Feedback, FeedbackType } from "./records.ts";

export type FeedbackOperator = "<" | "<=" | ">" | ">=";

/**
 * Which feedback counts as positive, negative or read: a type, and optionally a bound on the value, such as `rating>=4`.
 * Without an operator every value matches.
 */
export interface FeedbackExpression {
  readonly feedbackType: FeedbackType;
  readonly operator?: FeedbackOperator;
  readonly bound?: number;
}

const COMPARE: Readonly<Record<FeedbackOperator, (value: number, bound: number) => boolean>> = {
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

const GRAMMAR = /^([A-Za-z][A-Za-z0-9_]*)(<=|>=|<|>|=)?(\d*\.?\d*)$/;

/**
 * Parses Gorse's grammar: a name, then optionally `<`, `<=`, `>`, `>=` and a number (a missing number is 0).
 * `=` is accepted and means any value, as in Gorse.
 *
 * @throws {InvalidArgumentError} `invalid expression format, ...`
 */
export function parseFeedbackExpression(text: string): FeedbackExpression {
  const match = GRAMMAR.exec(text);
  if (match === null) {
    throw new InvalidArgumentError(
      "feedbackExpression",
      `invalid expression format, expected a feedback type with an optional bound such as "rating>=4", got ${JSON.stringify(text)}`,
    );
  }
  const [, name = "", operator, digits = ""] = match;
  // Digits without an operator belong to the name, as "like5" does: the name's own pattern has taken them, all but a dot.
  if (operator === undefined) return { feedbackType: name + digits };
  if (operator === "=") return { feedbackType: name };
  return {
    feedbackType: name,
    operator: operator as FeedbackOperator,
    bound: digits === "" || digits === "." ? 0 : Number(digits),
  };
}

/** Prints an expression in its shortest form: `read>=3.0` becomes `read>=3`. */
export function formatFeedbackExpression(expression: FeedbackExpression): string {
  return expression.operator === undefined
    ? expression.feedbackType
    : `${expression.feedbackType}${expression.operator}${formatBound(expression.bound ?? 0)}`;
}

/** Shortest digits without an exponent, which the grammar does not have. */
function formatBound(bound: number): string {
  const [mantissa = "", exponentText] = String(bound).split("e");
  if (exponentText === undefined) return mantissa;
  const digits = mantissa.replace(".", "");
  const exponent = Number(exponentText);
  return exponent < 0 ? `0.${"0".repeat(-exponent - 1)}${digits}` : digits.padEnd(exponent + 1, "0");
}

/** Whether one row matches one expression. */
export function matchesFeedback(expression: FeedbackExpression, row: Pick<Feedback, "feedbackType" | "value">): boolean {
  if (expression.feedbackType !== row.feedbackType) return false;
  if (expression.operator === undefined) return true;
  return COMPARE[expression.operator](row.value, expression.bound ?? 0);
}

/** Whether a row matches any of the expressions; an empty list matches nothing. */
export function matchesAnyFeedback(
  expressions: readonly FeedbackExpression[],
  row: Pick<Feedback, "feedbackType" | "value">,
): boolean {
  return expressions.some((expression) => matchesFeedback(expression, row));
}

/** Roles that feedback can play; a pair that has several takes the first of negative, positive, read. */
export interface FeedbackRoles {
  readonly positive: readonly FeedbackExpression[];
  readonly negative: readonly FeedbackExpression[];
  readonly read: readonly FeedbackExpression[];
}

export type FeedbackRole = "positive" | "negative" | "read";

/** Role of one row by the priority negative, positive, read; `undefined` when no expression matches. */
export function feedbackRole(roles: FeedbackRoles, row: Pick<Feedback, "feedbackType" | "value">): FeedbackRole | undefined {
  if (matchesAnyFeedback(roles.negative, row)) return "negative";
  if (matchesAnyFeedback(roles.positive, row)) return "positive";
  if (matchesAnyFeedback(roles.read, row)) return "read";
  return undefined;
}
