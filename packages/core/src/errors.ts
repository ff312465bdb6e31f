/** Every code an error of Furze can carry; the one table of HTTP and gRPC statuses is keyed by it. */
export type FurzeErrorCode =
  | "INVALID_ARGUMENT"
  | "NOT_FOUND"
  | "CONFLICT"
  | "UNSUPPORTED"
  | "UNAUTHENTICATED"
  | "LIMIT_EXCEEDED"
  | "UNAVAILABLE"
  | "MODEL_NOT_READY"
  | "INVALID_MODEL_FILE"
  | "INVALID_DATASET"
  | "INVALID_CONFIG"
  | "SCHEMA_TOO_NEW"
  | "ABORTED"
  | "INTERNAL";

export interface FurzeErrorOptions {
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** The same symbol in every copy of this package. */
const BRAND: symbol = Symbol.for("furze.FurzeError");

/**
 * Base of all errors that Furze throws on purpose.
 * Test with `FurzeError.is(error)`: `instanceof` fails when two copies of this package are loaded.
 */
export class FurzeError extends Error {
  readonly code: FurzeErrorCode;
  /** True when the same call may succeed later without a change by the caller. */
  readonly retryable: boolean;

  constructor(code: FurzeErrorCode, message: string, options: FurzeErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = options.retryable ?? false;
    // Not a declared field: declaration files cannot name its key, and it should not show where errors are printed.
    Object.defineProperty(this, BRAND, { value: true });
  }

  static is(value: unknown): value is FurzeError {
    return typeof value === "object" && value !== null && BRAND in value;
  }
}

/** A caller's value is outside what the function accepts; `path` names the argument or field. */
export class InvalidArgumentError extends FurzeError {
  readonly path: string;

  constructor(path: string, message: string, options: FurzeErrorOptions = {}) {
    super("INVALID_ARGUMENT", message, options);
    this.path = path;
  }
}

export type EntityKind = "user" | "item" | "feedback" | "recommender" | "task" | "blob" | "model";

/** The named thing does not exist. The message is the text Gorse's clients expect: `{id}: user not found`. */
export class NotFoundError extends FurzeError {
  readonly kind: EntityKind;
  readonly id: string;

  constructor(kind: EntityKind, id: string, options: FurzeErrorOptions = {}) {
    super("NOT_FOUND", `${id}: ${kind} not found`, options);
    this.kind = kind;
    this.id = id;
  }
}

/** The store or model at hand does not have the named ability. */
export class UnsupportedError extends FurzeError {
  readonly capability: string;

  constructor(capability: string, message: string, options: FurzeErrorOptions = {}) {
    super("UNSUPPORTED", message, options);
    this.capability = capability;
  }
}

/** A store or process cannot be reached now; the call may be repeated. */
export class UnavailableError extends FurzeError {
  constructor(message: string, options: FurzeErrorOptions = {}) {
    super("UNAVAILABLE", message, { retryable: true, ...options });
  }
}

/** The data set has nothing that the operation could work on. */
export class InvalidDatasetError extends FurzeError {
  constructor(message: string, options: FurzeErrorOptions = {}) {
    super("INVALID_DATASET", message, options);
  }
}

/** The caller's `AbortSignal` ended the call. */
export class AbortError extends FurzeError {
  constructor(message = "The operation was aborted.", options: FurzeErrorOptions = {}) {
    super("ABORTED", message, options);
  }
}

/**
 * Throws when the signal is aborted; a no-op without a signal.
 *
 * @throws {AbortError} with the signal's reason as cause
 */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
}
