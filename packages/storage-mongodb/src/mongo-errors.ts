import { FurzeError, InvalidArgumentError, UnavailableError } from "@furze/core";

/**
 * What a failure means for the call. `unsent`: nothing reached the server. `unavailable`: the server may have done the work or not.
 * `conflict`: others were faster, and trying again is all it takes.
 */
export type MongoFailure = "unsent" | "unavailable" | "conflict" | "refused" | "tooLarge" | "other";

/** Errors of the driver before it has a connection. */
const UNSENT_NAMES: ReadonlySet<string> = new Set(["MongoServerSelectionError", "MongoPoolClearedError", "PoolClearedError"]);
const CONFLICTS: ReadonlySet<unknown> = new Set([11_000, 112]);
/** Wrong password, no rights, a user of another database. */
const REFUSALS: ReadonlySet<unknown> = new Set([13, 18, 8000]);
/** Stepping down, shutting down, recovering, out of time or of disk, a cursor that is gone: it passes. */
const PASSING: ReadonlySet<unknown> = new Set([
  ...[
    6, 7, 43, 50, 64, 89, 91, 175, 189, 202, 237, 262, 317, 462, 9001, 10_058, 10_107, 11_600, 11_602, 13_388, 13_435, 13_436,
  ],
  14_031,
]);
const TOO_LARGE: ReadonlySet<unknown> = new Set([2, 10_334, 17_419, 17_420]);
const NETWORK_CODE = /^(E(CONN|PIPE|TIMEDOUT|HOST|NET|AI_|NOTFOUND)|ENOTFOUND|ENODATA|ESERVFAIL|ENOENT)/;

/** Sorts an error of the driver, which is told by its name and labels: `instanceof` fails for a second copy of the driver. */
export function failureOf(error: unknown): MongoFailure {
  if (!(error instanceof Error)) return "other";
  const code = "code" in error ? error.code : undefined;
  if (REFUSALS.has(code) || isAuthentication(error)) return "refused";
  if (UNSENT_NAMES.has(error.name)) return isAuthentication(error.cause) ? "refused" : "unsent";
  if (CONFLICTS.has(code) || hasLabel(error, "TransientTransactionError")) return "conflict";
  if (isConnectionRefused(error)) return "unsent";
  if (error.name.startsWith("MongoNetwork") || PASSING.has(code) || hasLabel(error, "RetryableWriteError"))
    return "unavailable";
  if (error.name === "MongoWriteConcernError" || error.name === "MongoServerClosedError") return "unavailable";
  if (typeof code === "string" && NETWORK_CODE.test(code)) return "unsent";
  if (error.name === "MongoCompatibilityError") return "refused";
  if (error.name === "BSONError" || error.name === "BSONRangeError" || isTooLarge(error, code)) return "tooLarge";
  return "other";
}

/** Turns what the driver throws into an error of Furze; errors of Furze pass unchanged. The driver's texts never hold a password. */
export function toStoreError(error: unknown, place: string): FurzeError {
  if (FurzeError.is(error)) return error;
  const text = error instanceof Error ? error.message || error.name : String(error);
  switch (failureOf(error)) {
    case "unsent":
    case "unavailable":
      return new UnavailableError(`${place} cannot be reached: ${text}`, { cause: error });
    case "conflict":
      return new UnavailableError(`${place} ended the write in favor of others, again and again: ${text}`, { cause: error });
    case "refused":
      return new UnavailableError(`${place} refuses the connection: ${text}`, { retryable: false, cause: error });
    case "tooLarge":
      return new InvalidArgumentError("rows", `${place} cannot hold a row of this size (16 MB at most): ${text}`, {
        cause: error,
      });
    case "other":
      return new FurzeError("INTERNAL", `${place}: ${text}`, { cause: error });
  }
}

export function hasLabel(error: unknown, label: string): boolean {
  if (!(error instanceof Error) || !("hasErrorLabel" in error) || typeof error.hasErrorLabel !== "function") return false;
  return error.hasErrorLabel(label) === true;
}

function isConnectionRefused(error: Error): boolean {
  const { cause } = error;
  return cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
}

function isAuthentication(error: unknown): boolean {
  return error instanceof Error && ("code" in error ? error.code === 18 : error.name === "MongoMissingCredentialsError");
}

function isTooLarge(error: Error, code: unknown): boolean {
  return TOO_LARGE.has(code) && /too large|larger than|BSONObj size|maximum/i.test(error.message);
}
