import {
  checkId,
  type Feedback,
  InvalidArgumentError,
  type Item,
  type ItemPatch,
  type User,
  type UserPatch,
} from "@furze/core";

/** Checks every id. Adapters call these before they touch the store, so that a bad row stores nothing. @throws {InvalidArgumentError} */
export function checkIds(ids: readonly string[], path: string): void {
  for (const id of ids) checkId(id, path);
}

/** @throws {InvalidArgumentError} for an id that no store can hold */
export function checkUsers(users: readonly User[]): void {
  for (const user of users) {
    checkId(user.userId, "UserId");
    checkText(user.comment, "Comment");
  }
}

/** @throws {InvalidArgumentError} for an id, category or time that no store can hold */
export function checkItems(items: readonly Item[]): void {
  for (const item of items) {
    checkId(item.itemId, "ItemId");
    for (const category of item.categories) checkText(category, "Categories");
    checkTime(item.timestampMs, "Timestamp");
    checkText(item.comment, "Comment");
  }
}

/** @throws {InvalidArgumentError} for an id, type, value or time that no store can hold */
export function checkFeedback(rows: readonly Feedback[]): void {
  for (const row of rows) {
    checkId(row.feedbackType, "FeedbackType");
    checkId(row.userId, "UserId");
    checkId(row.itemId, "ItemId");
    if (!Number.isFinite(row.value)) throw new InvalidArgumentError("Value", `Value must be a finite number, got ${row.value}`);
    checkTime(row.timestampMs, "Timestamp");
    checkTime(row.updatedMs, "Updated");
    checkText(row.comment, "Comment");
  }
}

/** @throws {InvalidArgumentError} */
export function checkUserPatch(patch: UserPatch): void {
  if (patch.comment !== undefined) checkText(patch.comment, "Comment");
}

/** @throws {InvalidArgumentError} */
export function checkItemPatch(patch: ItemPatch): void {
  for (const category of patch.categories ?? []) checkText(category, "Categories");
  if (patch.timestampMs !== undefined) checkTime(patch.timestampMs, "Timestamp");
  if (patch.comment !== undefined) checkText(patch.comment, "Comment");
}

/** @throws {InvalidArgumentError} for text that no store could return unchanged */
export function checkText(text: string, path: string): void {
  if (text.includes("\0")) throw new InvalidArgumentError(path, `${path} must not contain a NUL character`);
  if (!text.isWellFormed()) throw new InvalidArgumentError(path, `${path} is not valid Unicode text`);
}

/** @throws {InvalidArgumentError} for a key or value that no store could return unchanged */
export function checkValues(values: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(values)) {
    checkId(key, "key");
    checkText(value, key);
  }
}

function checkTime(timeMs: number, path: string): void {
  if (!Number.isSafeInteger(timeMs)) {
    throw new InvalidArgumentError(path, `${path} must be a whole number of milliseconds, got ${timeMs}`);
  }
}
