import type { JsonValue } from "@furze/core";
import { z } from "@hono/zod-openapi";
import { describeLabels } from "./labels-description.ts";
import { findLabelsFault } from "./wire/labels.ts";

// The one source of what requests may contain: bodies are checked with it, and the OpenAPI document is made from it.
// An absent or null field has its zero value, as in Go.

function idField(description: string): z.ZodString {
  return z
    .string()
    .min(1)
    .max(256)
    .refine((id) => id.isWellFormed() && !id.includes("\0"))
    .openapi({ description });
}

const userId: z.ZodString = idField("1 to 256 characters");
const itemId: z.ZodString = idField("1 to 256 characters");
const feedbackType: z.ZodString = idField("Name of the kind of feedback, such as `click`");
const comment = z.string().nullish();
const categories = z.array(z.string().max(256)).nullish();
const timestamp = z.string().nullish().openapi({ description: "RFC 3339 or another common format; without a zone UTC" });
const labels = describeLabels(
  z.custom<JsonValue | undefined>().superRefine((value, refinement) => {
    const fault = findLabelsFault(value);
    if (fault !== undefined) refinement.addIssue({ code: "custom", message: fault });
  }),
);

export interface UserBody {
  UserId: string;
  Labels?: JsonValue | undefined;
  Comment?: string | null | undefined;
}

export const userBody: z.ZodType<UserBody> = z
  .object({ UserId: userId, Labels: labels.optional(), Comment: comment })
  .openapi("User");

export interface UserPatchBody {
  Labels?: JsonValue | undefined;
  Comment?: string | null | undefined;
}

export const userPatchBody: z.ZodType<UserPatchBody> = z
  .object({ Labels: labels.optional(), Comment: comment })
  .openapi("UserPatch");

export interface ItemPatchBody extends UserPatchBody {
  IsHidden?: boolean | null | undefined;
  Categories?: string[] | null | undefined;
  Timestamp?: string | null | undefined;
}

const itemFields = {
  IsHidden: z.boolean().nullish(),
  Categories: categories,
  Timestamp: timestamp,
  Labels: labels.optional(),
  Comment: comment,
};

export interface ItemBody extends ItemPatchBody {
  ItemId: string;
}

export const itemBody: z.ZodType<ItemBody> = z.object({ ItemId: itemId, ...itemFields }).openapi("Item");

export const itemPatchBody: z.ZodType<ItemPatchBody> = z.object(itemFields).openapi("ItemPatch");

const feedbackFields = { Value: z.number().nullish(), Timestamp: timestamp, Comment: comment };

export interface SessionFeedbackBody {
  FeedbackType?: string | null | undefined;
  UserId?: string | null | undefined;
  ItemId: string;
  Value?: number | null | undefined;
  Timestamp?: string | null | undefined;
  Comment?: string | null | undefined;
}

export interface FeedbackBody extends SessionFeedbackBody {
  FeedbackType: string;
  UserId: string;
}

export const feedbackBody: z.ZodType<FeedbackBody> = z
  .object({ FeedbackType: feedbackType, UserId: userId, ItemId: itemId, ...feedbackFields })
  .openapi("Feedback");

export interface FeedbackLine extends FeedbackBody {
  Updated?: string | null | undefined;
}

/** Feedback in a file, which keeps when it last happened. */
export const feedbackLineBody: z.ZodType<FeedbackLine> = z.object({
  FeedbackType: feedbackType,
  UserId: userId,
  ItemId: itemId,
  ...feedbackFields,
  Updated: timestamp,
});

/** Feedback of somebody without an account: only the item must be named. */
export const sessionFeedbackBody: z.ZodType<SessionFeedbackBody> = z
  .object({ FeedbackType: z.string().nullish(), UserId: z.string().nullish(), ItemId: itemId, ...feedbackFields })
  .openapi("SessionFeedback");
