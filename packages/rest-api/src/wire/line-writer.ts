import type { Feedback, Item, JsonValue, User } from "@furze/core";
import { formatTime, quote } from "./json-writer.ts";

// Rows on one line each, as files hold them: the same fields in the same order as in other answers, without white space.

/** Any JSON value on one line; keys of objects in ascending order. */
export function writeCompact(value: JsonValue): string {
  if (typeof value === "string") return quote(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(writeCompact).join(",")}]`;
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${quote(key)}:${writeCompact(value[key] ?? null)}`).join(",")}}`;
}

export function writeUserLine({ userId, labels, comment }: User): string {
  return `{"UserId":${quote(userId)},"Labels":${writeCompact(labels)},"Comment":${quote(comment)}}`;
}

export function writeItemLine({ itemId, isHidden, categories, timestampMs, labels, comment }: Item): string {
  return (
    `{"ItemId":${quote(itemId)},"IsHidden":${isHidden},"Categories":${categories.length === 0 ? "null" : writeCompact(categories)}` +
    `,"Timestamp":"${formatTime(timestampMs)}","Labels":${writeCompact(labels)},"Comment":${quote(comment)}}`
  );
}

export function writeFeedbackLine(row: Feedback): string {
  return (
    `{"FeedbackType":${quote(row.feedbackType)},"UserId":${quote(row.userId)},"ItemId":${quote(row.itemId)}` +
    `,"Value":${writeCompact(row.value)},"Timestamp":"${formatTime(row.timestampMs)}"` +
    `,"Updated":"${formatTime(row.updatedMs)}","Comment":${quote(row.comment)}}`
  );
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
