import type { Feedback, FeedbackExpression } from "@furze/core";
import type { FeedbackFilter, FeedbackWriteMode } from "@furze/storage";
import type { AnyBulkWriteOperation } from "mongodb";
import type { FeedbackDocument } from "./mongo-data-schema.ts";

export function toFeedback(document: FeedbackDocument): Feedback {
  const { feedbackType, userId, itemId, value, timestampMs, updatedMs, comment } = document;
  return { feedbackType, userId, itemId, value, timestampMs, updatedMs, comment };
}

/** @param _id as `feedbackKeyText` makes it: its order is that of user, item and type */
export function toOperation(_id: string, row: Feedback, mode: FeedbackWriteMode): AnyBulkWriteOperation<FeedbackDocument> {
  const { userId, itemId, feedbackType, value, timestampMs, updatedMs, comment } = row;
  if (mode === "overwrite") {
    const replacement = { userId, itemId, feedbackType, value, timestampMs, updatedMs, comment };
    return { replaceOne: { filter: { _id }, replacement, upsert: true } };
  }
  const update = {
    $inc: { value },
    $min: { timestampMs },
    $max: { updatedMs },
    $set: { comment },
    $setOnInsert: { userId, itemId, feedbackType },
  };
  return { updateOne: { filter: { _id }, update, upsert: true } };
}

/** The filter as a condition, or `undefined` when it matches nothing. */
export function conditionOf(filter: FeedbackFilter): object | undefined {
  const { expressions, untilMs, sinceMs } = filter;
  if (expressions?.length === 0) return undefined;
  return {
    ...(expressions !== undefined && { $or: expressions.map(expressionCondition) }),
    ...((untilMs !== undefined || sinceMs !== undefined) && { timestampMs: timeRange(untilMs, sinceMs) }),
  };
}

function timeRange(untilMs: number | undefined, sinceMs: number | undefined): object {
  return { ...(untilMs !== undefined && { $lte: untilMs }), ...(sinceMs !== undefined && { $gte: sinceMs }) };
}

const OPERATORS = { "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte" } as const;

function expressionCondition({ feedbackType, operator, bound }: FeedbackExpression): object {
  return operator === undefined ? { feedbackType } : { feedbackType, value: { [OPERATORS[operator]]: bound ?? 0 } };
}
