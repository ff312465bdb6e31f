import type { Feedback, FeedbackExpression, FeedbackType } from "@furze/core";
import type { FeedbackFilter } from "@furze/storage";
import type { SqlValue } from "./sqlite-connection.ts";
import type { DataTables } from "./sqlite-data-schema.ts";

export const FEEDBACK_COLUMNS = "user_id, item_id, feedback_type, value, timestamp_ms, updated_ms, comment";

export type FeedbackRow = readonly [
  userId: string,
  itemId: string,
  feedbackType: string,
  value: number,
  timestampMs: number,
  updatedMs: number,
  comment: string,
];

export function toFeedback([userId, itemId, feedbackType, value, timestampMs, updatedMs, comment]: FeedbackRow): Feedback {
  return { feedbackType, userId, itemId, value, timestampMs, updatedMs, comment };
}

export interface SqlCondition {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** Types that the filter lets through, each once; `undefined` for all. */
export function typesOf({ expressions }: FeedbackFilter): readonly FeedbackType[] | undefined {
  return expressions && [...new Set(expressions.map(({ feedbackType }) => feedbackType))];
}

/** Leads the look-up of a user's rows to the stretch of each type. */
export function typeCondition(types: readonly FeedbackType[] | undefined, { feedbackTypes }: DataTables): SqlCondition {
  if (types === undefined) return { sql: `feedback_type IN (SELECT feedback_type FROM ${feedbackTypes})`, parameters: [] };
  return { sql: `feedback_type IN (${types.map(() => "?").join(", ")})`, parameters: types };
}

/**
 * The filter as conditions to append, each behind an ` AND`, or `undefined` when it matches nothing.
 * The unary plus keeps the planner from taking its way by the types: how the rows are asked for decides the index.
 */
export function filterCondition(filter: FeedbackFilter): SqlCondition | undefined {
  const parts: string[] = [];
  const parameters: SqlValue[] = [];
  if (filter.expressions !== undefined) {
    if (filter.expressions.length === 0) return undefined;
    parts.push(`(${filter.expressions.map((expression) => expressionSql(expression, parameters)).join(" OR ")})`);
  }
  if (filter.untilMs !== undefined) {
    parts.push("timestamp_ms <= ?");
    parameters.push(filter.untilMs);
  }
  if (filter.sinceMs !== undefined) {
    parts.push("timestamp_ms >= ?");
    parameters.push(filter.sinceMs);
  }
  return { sql: parts.map((part) => ` AND ${part}`).join(""), parameters };
}

function expressionSql(expression: FeedbackExpression, parameters: SqlValue[]): string {
  parameters.push(expression.feedbackType);
  if (expression.operator === undefined) return "+feedback_type = ?";
  parameters.push(expression.bound ?? 0);
  return `(+feedback_type = ? AND value ${expression.operator} ?)`;
}
