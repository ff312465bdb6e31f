export type { CallOptions, Progress, ProgressListener } from "./call-options.ts";
export { type Clock, ManualClock, systemClock } from "./clock.ts";
export { formatDuration, parseDuration } from "./duration.ts";
export {
  AbortError,
  type EntityKind,
  FurzeError,
  type FurzeErrorCode,
  type FurzeErrorOptions,
  InvalidArgumentError,
  InvalidDatasetError,
  NotFoundError,
  throwIfAborted,
  UnavailableError,
  UnsupportedError,
} from "./errors.ts";
export {
  type FeedbackExpression,
  type FeedbackOperator,
  type FeedbackRole,
  type FeedbackRoles,
  feedbackRole,
  formatFeedbackExpression,
  matchesAnyFeedback,
  matchesFeedback,
  parseFeedbackExpression,
} from "./feedback-expression.ts";
export { checkId, toItemId, toUserId } from "./ids.ts";
export { type LogFields, type Logger, silentLogger } from "./logger.ts";
export { integerIn, numberIn } from "./option-checks.ts";
export { parsePort } from "./port.ts";
export {
  type Feedback,
  type FeedbackKey,
  type FeedbackType,
  type Item,
  type ItemId,
  type ItemPatch,
  type JsonValue,
  MAX_ID_LENGTH,
  type ScoredItem,
  type ScoredUser,
  type User,
  type UserId,
  type UserPatch,
  ZERO_TIME_MS,
} from "./records.ts";
export type { TaskProgress, TaskStatus } from "./task-progress.ts";
