/**
 * Why a call failed. `HTTP`: the server refused it, `status` tells how. `CONNECTION`: no answer came. `TIMEOUT`: none came in time.
 * `INVALID_ANSWER`: what came is not from Furze. `INVALID_ARGUMENT`: it could not be sent.
 */
export type FurzeClientErrorCode = "HTTP" | "CONNECTION" | "TIMEOUT" | "INVALID_ANSWER" | "INVALID_ARGUMENT";

interface Details {
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

/** The same symbol in every copy of this package. */
const BRAND: symbol = Symbol.for("furze.FurzeClientError");

/** A call that failed; `message` is fit for a log, and is the server's own line when there is one. */
export class FurzeClientError extends Error {
  readonly code: FurzeClientErrorCode;
  /** HTTP status; 0 when the server has not answered. */
  readonly status: number;
  /** Under this id the server's log tells more. */
  readonly requestId: string | undefined;
  /** Whether the same call may well succeed later. */
  readonly isRetryable: boolean;

  constructor(code: FurzeClientErrorCode, message: string, { status = 0, requestId, cause }: Details = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "FurzeClientError";
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.isRetryable = code === "CONNECTION" || code === "TIMEOUT" || status === 502 || status === 503 || status === 504;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Whether a value is such an error, also one of another copy of this package. */
  static is(value: unknown): value is FurzeClientError {
    return typeof value === "object" && value !== null && BRAND in value;
  }
}
