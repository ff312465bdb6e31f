import type { Feedback } from "@furze/core";
import type { SessionFeedbackBody } from "../schemas.ts";
import { parseTimestamp } from "../wire/timestamp.ts";

/** The record of a checked body; it was updated when it happened, unless it says otherwise. @throws {HttpError} 400 for a time that is not understood */
export function toFeedback(body: SessionFeedbackBody & { readonly Updated?: string | null | undefined }): Feedback {
  const timestampMs = parseTimestamp(body.Timestamp ?? "");
  return {
    feedbackType: body.FeedbackType ?? "",
    userId: body.UserId ?? "",
    itemId: body.ItemId,
    value: body.Value ?? 0,
    timestampMs,
    updatedMs: body.Updated ? parseTimestamp(body.Updated) : timestampMs,
    comment: body.Comment ?? "",
  };
}
