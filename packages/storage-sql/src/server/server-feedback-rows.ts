import type { Feedback, FeedbackExpression } from "@furze/core";
import type { FeedbackFilter, FeedbackWriteMode } from "@furze/storage";
import type { ServerDataTables } from "./server-data-schema.ts";
import type { Insertion, SqlDialect, SqlValue } from "./sql-driver.ts";

export const FEEDBACK_COLUMNS = "user_id, item_id, feedback_type, value, timestamp_ms, updated_ms, comment";

export function toFeedback(row: readonly unknown[]): Feedback {
  return {
    feedbackType: row[2] as string,
    userId: row[0] as string,
    itemId: row[1] as string,
    value: row[3] as number,
    timestampMs: row[4] as number,
    updatedMs: row[5] as number,
    comment: row[6] as string,
  };
}

export function toFeedbackRow(row: Feedback): SqlValue[] {
  return [row.userId, row.itemId, row.feedbackType, row.value, row.timestampMs, row.updatedMs, row.comment];
}

export function feedbackInsertion({ feedback }: ServerDataTables, mode: FeedbackWriteMode): Insertion {
  return {
    table: feedback,
    columns: [
      ["user_id", "text"],
      ["item_id", "text"],
      ["feedback_type", "text"],
      ["value", "double"],
      ["timestamp_ms", "integer"],
      ["updated_ms", "integer"],
      ["comment", "text"],
    ],
    key: ["user_id", "item_id", "feedback_type"],
    update: ({ stored, given }) => {
      if (mode === "overwrite") {
        return Object.fromEntries(["value", "timestamp_ms", "updated_ms", "comment"].map((column) => [column, given(column)]));
      }
      return {
        value: `${stored("value")} + ${given("value")}`,
        timestamp_ms: `LEAST(${stored("timestamp_ms")}, ${given("timestamp_ms")})`,
        updated_ms: `GREATEST(${stored("updated_ms")}, ${given("updated_ms")})`,
        comment: given("comment"),
      };
    },
  };
}

export interface FilterConditions {
  readonly conditions: readonly string[];
  readonly parameters: readonly SqlValue[];
}

/** The filter as conditions, or `undefined` when it matches nothing. The order of the rows decides the index, so the type must not. */
export function filterConditions(dialect: SqlDialect, filter: FeedbackFilter): FilterConditions | undefined {
  const conditions: string[] = [];
  const parameters: SqlValue[] = [];
  if (filter.expressions !== undefined) {
    if (filter.expressions.length === 0) return undefined;
    const parts = filter.expressions.map((expression) => expressionSql(dialect, expression, parameters));
    conditions.push(`(${parts.join(" OR ")})`);
  }
  if (filter.untilMs !== undefined) {
    conditions.push("timestamp_ms <= ?");
    parameters.push(filter.untilMs);
  }
  if (filter.sinceMs !== undefined) {
    conditions.push("timestamp_ms >= ?");
    parameters.push(filter.sinceMs);
  }
  return { conditions, parameters };
}

function expressionSql(dialect: SqlDialect, expression: FeedbackExpression, parameters: SqlValue[]): string {
  const isType = `${dialect.opaque("feedback_type")} = ?`;
  parameters.push(expression.feedbackType);
  if (expression.operator === undefined) return isType;
  parameters.push(expression.bound ?? 0);
  return `(${isType} AND value ${expression.operator} ?)`;
}
