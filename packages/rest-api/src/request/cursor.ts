import type { FeedbackKey } from "@furze/core";
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { badRequest } from "../http-error.ts";
import { quote } from "../wire/json-writer.ts";
import { objectBody } from "./decode.ts";

/** Key of the first row of the page that the caller asks for; `undefined` for the first page. @throws {HttpError} 400 */
export function readCursor(c: Context): string | undefined {
  const text = c.req.query("cursor");
  if (text === undefined || text === "") return undefined;
  // Clients put the cursor into the address as it is, where a plus sign means a space.
  return decodeBase64(text.replaceAll(" ", "+"));
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

function decodeBase64(text: string): string {
  const body = text.replace(/={0,2}$/, "");
  const stray = body.search(/[^A-Za-z0-9+/]/);
  if (stray >= 0) throw badRequest(`illegal base64 data at input byte ${stray}`);
  if (text.length % 4 !== 0) throw badRequest(`illegal base64 data at input byte ${text.length - (text.length % 4)}`);
  return Buffer.from(text, "base64").toString("utf8");
}
