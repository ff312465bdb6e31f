import type { JsonValue } from "@furze/core";
import { z } from "@hono/zod-openapi";
import { badRequest } from "../http-error.ts";
import { feedbackAnswer, itemAnswer, scoresAnswer } from "../response-schemas.ts";
import { formatTime, writeFields, writeItem } from "../wire/json-writer.ts";
import type { Dialect } from "./dialect.ts";

/**
 * Gorse v0.4: labels are lists of names, users have a field `Subscribe`, feedback has no value, and ranked lists may show whole
 * items. Labels of another kind, which only newer clients store, are shown as none.
 */
export const v04: Dialect = {
  userAnswer: z
    .object({
      UserId: z.string(),
      Labels: z.array(z.string()).nullable(),
      Subscribe: z.null(),
      Comment: z.string(),
    })
    .openapi("UserAnswer"),
  feedbackAnswer: feedbackAnswer.omit({ Value: true, Updated: true }).openapi("FeedbackAnswer"),
  rankedAnswer: z.union([scoresAnswer, z.array(itemAnswer.extend({ Score: z.number() }).openapi("ScoredItem"))]),
  rankedQuery: ["n", "offset", "category", "user-id", "more-details"],
  listsZeroTimes: false,
  checkLabels: (labels, struct) => {
    if (labels === null) return;
    const fault = (value: JsonValue, type: string): Error =>
      badRequest(`json: cannot unmarshal ${kindOf(value)} into Go struct field ${struct}.Labels of type ${type}`);
    if (!isList(labels)) throw fault(labels, "[]string");
    for (const label of labels) if (typeof label !== "string") throw fault(label, "string");
  },
  writeUser: (user, depth = 0) =>
    writeFields(depth, {
      UserId: user.userId,
      Labels: namesOf(user.labels),
      Subscribe: null,
      Comment: user.comment,
    }),
  writeItem: (item, depth = 0) => writeItem({ ...item, labels: namesOf(item.labels) }, depth),
  writeFeedback: (row, depth = 0) =>
    writeFields(depth, {
      FeedbackType: row.feedbackType,
      UserId: row.userId,
      ItemId: row.itemId,
      Timestamp: formatTime(row.timestampMs),
      Comment: row.comment,
    }),
};

function namesOf(labels: JsonValue): JsonValue {
  return isList(labels) && labels.every((label) => typeof label === "string") ? labels : null;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function kindOf(value: JsonValue): string {
  if (isList(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}
