import {
  ANY,
  arrayOf,
  BOOLEAN,
  type Environment,
  type ExpressionInputs,
  environment,
  field,
  NUMBER,
  type RecordType,
  record,
  STRING,
  TIME,
} from "./types.ts";

/** What expressions need of an item; records of `@furze/core` fit. */
export interface ExpressionItem {
  readonly itemId: string;
  readonly isHidden: boolean;
  readonly categories: readonly string[];
  readonly timestampMs: number;
  readonly labels: unknown;
  readonly comment: string;
}

/** What expressions need of a feedback row. */
export interface ExpressionFeedback {
  readonly feedbackType: string;
  readonly userId: string;
  readonly itemId: string;
  readonly value: number;
  readonly timestampMs: number;
  readonly updatedMs: number;
  readonly comment: string;
}

/** What expressions need of a user. */
export interface ExpressionUser {
  readonly userId: string;
  readonly labels: unknown;
  readonly comment: string;
}

/** `item` with ItemId, IsHidden, Categories, Timestamp, Labels and Comment. */
export const itemType: RecordType = record<ExpressionItem>("item", {
  ItemId: field(STRING, (item) => item.itemId),
  IsHidden: field(BOOLEAN, (item) => item.isHidden),
  Categories: field(arrayOf(STRING), (item) => item.categories),
  Timestamp: field(TIME, (item) => item.timestampMs),
  Labels: field(ANY, (item) => item.labels),
  Comment: field(STRING, (item) => item.comment),
});

const feedbackKeyType: RecordType = record<ExpressionFeedback>("feedback key", {
  FeedbackType: field(STRING, (row) => row.feedbackType),
  UserId: field(STRING, (row) => row.userId),
  ItemId: field(STRING, (row) => row.itemId),
});

/** A feedback row with FeedbackType, UserId, ItemId, Value, Timestamp, Updated and Comment; the first three also under FeedbackKey. */
export const feedbackType: RecordType = record<ExpressionFeedback>("feedback row", {
  FeedbackKey: field(feedbackKeyType, (row) => row),
  FeedbackType: field(STRING, (row) => row.feedbackType),
  UserId: field(STRING, (row) => row.userId),
  ItemId: field(STRING, (row) => row.itemId),
  Value: field(NUMBER, (row) => row.value),
  Timestamp: field(TIME, (row) => row.timestampMs),
  Updated: field(TIME, (row) => row.updatedMs),
  Comment: field(STRING, (row) => row.comment),
});

/** `user` with UserId, Labels and Comment. */
export const userType: RecordType = record<ExpressionUser>("user", {
  UserId: field(STRING, (user) => user.userId),
  Labels: field(ANY, (user) => user.labels),
  Comment: field(STRING, (user) => user.comment),
});

export interface ItemInputs extends ExpressionInputs {
  readonly item: ExpressionItem;
}

export interface UserInputs extends ExpressionInputs {
  readonly user: ExpressionUser;
}

export interface LeaderboardInputs extends ExpressionInputs {
  readonly item: ExpressionItem;
  /** All feedback on the item. */
  readonly feedback: readonly ExpressionFeedback[];
}

/** Columns of item-to-item recommenders: `item`. */
export const itemEnvironment: Environment<ItemInputs> = environment({
  item: field(itemType, (inputs: ItemInputs) => inputs.item),
});

/** Columns of user-to-user recommenders: `user`. */
export const userEnvironment: Environment<UserInputs> = environment({
  user: field(userType, (inputs: UserInputs) => inputs.user),
});

/** Scores and filters of non-personalized recommenders: `item` and `feedback`. */
export const leaderboardEnvironment: Environment<LeaderboardInputs> = environment({
  item: field(itemType, (inputs: LeaderboardInputs) => inputs.item),
  feedback: field(arrayOf(feedbackType), (inputs: LeaderboardInputs) => inputs.feedback),
});
