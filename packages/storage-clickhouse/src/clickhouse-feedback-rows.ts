import type { Feedback, FeedbackExpression } from "@furze/core";
import type { FeedbackFilter } from "@furze/storage";
import { IN_ORDER, quote } from "./sql-text.ts";

/** The order in which feedback is stored: by user, item, type, or by item, user, type. */
export type FeedbackOrder = "user" | "item";

const ORDERS = {
  user: { kind: "feedback", userId: "key", itemId: "sub" },
  item: { kind: "feedback_by_item", userId: "sub", itemId: "key" },
} as const;

/** Columns that `feedbackRows` fills. */
export const FEEDBACK_COLUMNS: readonly string[] = [
  ...["kind", "key", "sub", "feedback_type", "generation", "is_live", "value", "timestamp_ms", "updated_ms", "comment"],
];

/** One feedback row as it is stored: once in each order. */
export function feedbackRows(row: Feedback, generation: bigint, isLive: boolean): unknown[][] {
  const { userId, itemId, feedbackType, value, timestampMs, updatedMs, comment } = row;
  const rest = [feedbackType, String(generation), isLive ? 1 : 0, value, timestampMs, updatedMs, comment];
  return [
    [ORDERS.user.kind, userId, itemId, ...rest],
    [ORDERS.item.kind, itemId, userId, ...rest],
  ];
}

export interface FeedbackQuery {
  readonly table: string;
  readonly order: FeedbackOrder;
  /** Condition on the columns of the sorting key (`key`, `sub`, `feedback_type`): which stretch of the table is read. */
  readonly range: string;
  /** Conditions on the rows that come of it. */
  readonly conditions?: readonly string[] | undefined;
  readonly limit?: number | undefined;
}

/**
 * Rows of the newest generation of each key that are not deleted, in the stored order. Reads in the order of the sorting key and stops
 * at the last row wanted.
 */
export function selectFeedback({ table, order, range, conditions = [], limit }: FeedbackQuery): string {
  const { kind, userId, itemId } = ORDERS[order];
  const newest = `SELECT key, sub, feedback_type, value, timestamp_ms, updated_ms, comment, is_live FROM ${table} FINAL
    WHERE kind = '${kind}' AND ${range} ORDER BY key, sub, feedback_type, generation DESC LIMIT 1 BY key, sub, feedback_type`;
  const where = ["is_live", ...conditions].join(" AND ");
  const bound = limit === undefined ? "" : ` LIMIT ${limit}`;
  return `SELECT feedback_type AS feedbackType, ${userId} AS userId, ${itemId} AS itemId, value, timestamp_ms AS timestampMs,
    updated_ms AS updatedMs, ifNull(comment, '') AS comment FROM (${newest}) WHERE ${where}${bound} ${IN_ORDER}`;
}

/** Stretch of the table behind a key; with `isInclusive` it counts too. */
export function rangeFrom(key: string, sub: string, feedbackType: string, isInclusive: boolean): string {
  const beyond = isInclusive ? ">=" : ">";
  return `key >= ${quote(key)} AND (key > ${quote(key)} OR sub > ${quote(sub)}
    OR (sub = ${quote(sub)} AND feedback_type ${beyond} ${quote(feedbackType)}))`;
}

/** The filter as conditions, or `undefined` when it matches nothing. */
export function filterConditions({ expressions, untilMs, sinceMs }: FeedbackFilter): string[] | undefined {
  if (expressions?.length === 0) return undefined;
  const conditions: string[] = [];
  if (expressions !== undefined) conditions.push(`(${expressions.map(expressionSql).join(" OR ")})`);
  if (untilMs !== undefined) conditions.push(`timestamp_ms <= ${untilMs}`);
  if (sinceMs !== undefined) conditions.push(`timestamp_ms >= ${sinceMs}`);
  return conditions;
}

function expressionSql({ feedbackType, operator, bound }: FeedbackExpression): string {
  const isType = `feedback_type = ${quote(feedbackType)}`;
  return operator === undefined ? isType : `(${isType} AND value ${operator} ${bound ?? 0})`;
}
