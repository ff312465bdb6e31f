import type { Feedback } from "@furze/core";
import type { SessionFeedbackBody } from "../schemas.ts";
import { parseTimestamp } from "../wire/timestamp.ts";

/** The record of a checked body; it was updated when it happened. @throws {HttpError} 400 for a time that is not understood */
export function toFeedback(body: SessionFeedbackBody): Feedback {
  const timestampMs = parseTimestamp(body.Timestamp ?? "");
  return {
    feedbackType: body.FeedbackType ?? "",
    userId: body.UserId ?? "",
    itemId: body.ItemId,
    value: body.Value ?? 0,
    timestampMs,
    updatedMs: timestampMs,
    comment: body.Comment ?? "",
  };
}
