import {
  type FeedbackBody,
  type FeedbackLine,
  feedbackBody,
  feedbackLineBody,
  type ItemBody,
  type ItemPatchBody,
  itemBody,
  itemPatchBody,
  type SessionFeedbackBody,
  sessionFeedbackBody,
  type UserBody,
  type UserPatchBody,
  userBody,
  userPatchBody,
} from "../schemas.ts";
import { type BodyFormat, listBody, objectBody } from "./decode.ts";

const USER_FIELDS = ["UserId", "Labels", "Comment"];
const ITEM_FIELDS = ["ItemId", "IsHidden", "Categories", "Timestamp", "Labels", "Comment"];
const FEEDBACK_FIELDS = ["FeedbackType", "UserId", "ItemId", "Value", "Timestamp", "Comment"];

export const oneUser: BodyFormat<UserBody> = objectBody(userBody, USER_FIELDS, "data.User");
export const manyUsers: BodyFormat<UserBody[]> = listBody(userBody, USER_FIELDS, "data.User");
export const userPatch: BodyFormat<UserPatchBody> = objectBody(userPatchBody, USER_FIELDS.slice(1), "data.UserPatch");
export const oneItem: BodyFormat<ItemBody> = objectBody(itemBody, ITEM_FIELDS, "server.Item");
export const manyItems: BodyFormat<ItemBody[]> = listBody(itemBody, ITEM_FIELDS, "server.Item");
export const itemPatch: BodyFormat<ItemPatchBody> = objectBody(itemPatchBody, ITEM_FIELDS.slice(1), "data.ItemPatch");
export const manyFeedback: BodyFormat<FeedbackBody[]> = listBody(feedbackBody, FEEDBACK_FIELDS, "server.Feedback");
export const feedbackLine: BodyFormat<FeedbackLine> = objectBody(
  feedbackLineBody,
  [...FEEDBACK_FIELDS, "Updated"],
  "server.Feedback",
);
export const sessionFeedback: BodyFormat<SessionFeedbackBody[]> = listBody(
  sessionFeedbackBody,
  FEEDBACK_FIELDS,
  "server.Feedback",
);
