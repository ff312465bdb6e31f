import { InvalidArgumentError } from "./errors.ts";
import { type ItemId, MAX_ID_LENGTH, type UserId } from "./records.ts";

/**
 * Checks an external id: not empty, at most 256 characters, no NUL, no lone surrogate (which no store could return unchanged).
 *
 * @param path names the argument in the error
 * @throws {InvalidArgumentError}
 */
export function checkId(id: string, path: string): void {
  if (id.length === 0) throw new InvalidArgumentError(path, `${path} must not be empty`);
  if (id.length > MAX_ID_LENGTH) {
    throw new InvalidArgumentError(path, `${path} has ${id.length} characters, at most ${MAX_ID_LENGTH} are allowed`);
  }
  if (id.includes("\0")) throw new InvalidArgumentError(path, `${path} must not contain a NUL character`);
  if (!id.isWellFormed()) throw new InvalidArgumentError(path, `${path} is not valid Unicode text`);
}

/** Checks and brands a user id. @throws {InvalidArgumentError} */
export function toUserId(id: string, path = "UserId"): UserId {
  checkId(id, path);
  return id;
}

/** Checks and brands an item id. @throws {InvalidArgumentError} */
export function toItemId(id: string, path = "ItemId"): ItemId {
  checkId(id, path);
  return id;
}
