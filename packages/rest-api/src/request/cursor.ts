import type { FeedbackKey } from "@furze/core";
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { quote } from "../wire/json-writer.ts";
import { decodeBase64 } from "./base64.ts";
import { objectBody } from "./decode.ts";

/** Key of the first row of the page that the caller asks for; `undefined` for the first page. @throws {HttpError} 400 */
export function readCursor(c: Context): string | undefined {
  const text = c.req.query("cursor");
  if (text === undefined || text === "") return undefined;
  return decodeBase64(text);
}

/** Cursor of a page of users or items. */
export function writeCursor(next: string | undefined): string {
  return next === undefined ? "" : Buffer.from(next).toString("base64");
}

const feedbackCursor = objectBody(
  z.object({ FeedbackType: z.string().default(""), UserId: z.string().default(""), ItemId: z.string().default("") }),
  ["FeedbackType", "UserId", "ItemId"],
  "data.FeedbackKey",
);

/** As `readCursor`, for feedback, whose cursor is the JSON of a key. @throws {HttpError} 400 */
export function readFeedbackCursor(c: Context): FeedbackKey | undefined {
  const text = readCursor(c);
  if (text === undefined) return undefined;
  const { FeedbackType, UserId, ItemId } = feedbackCursor.decode(text);
  return { feedbackType: FeedbackType, userId: UserId, itemId: ItemId };
}

/** Cursor of a page of feedback. */
export function writeFeedbackCursor(next: FeedbackKey | undefined): string {
  if (next === undefined) return "";
  const { feedbackType, userId, itemId } = next;
  return writeCursor(`{"FeedbackType":${quote(feedbackType)},"UserId":${quote(userId)},"ItemId":${quote(itemId)}}`);
}
