import type { BucketFailure } from "./bucket.ts";

/** What client libraries say about a failed call, each in its own place. */
export interface CallReport {
  /** HTTP status; `undefined` when there was no answer. */
  readonly status: number | undefined;
  /** The service's word for it, such as `NoSuchKey`. */
  readonly code: string | undefined;
  readonly text: string;
}

/** The service's words for a bucket that is not there. */
const MISSING_BUCKET = /^(NoSuchBucket|ContainerNotFound|ContainerBeingDeleted)$/;
const NETWORK_CODE = /^(E[A-Z]+|EAI_[A-Z]+|UND_ERR_[A-Z_]+|ERR_STREAM_PREMATURE_CLOSE|REQUEST_SEND_ERROR|TimeoutError)$/;

/** Sorts a failure by its HTTP status and the service's word for it. */
export function classify({ status, code = "", text }: CallReport): BucketFailure {
  const said = text.split("\n")[0]?.trim() || code || "no reason given";
  if (MISSING_BUCKET.test(code)) return { kind: "missing-bucket", text: said };
  if (status === 404) return { kind: "missing-object", text: said };
  if (status === 401 || status === 403) return { kind: "refused", text: said };
  if (status === undefined) return { kind: NETWORK_CODE.test(code) ? "unavailable" : "other", text: said };
  // Conflicts are writers of one name that met; too early, too many and faults of the service pass.
  const passes = status === 408 || status === 409 || status === 412 || status === 425 || status === 429 || status >= 500;
  return { kind: passes ? "unavailable" : "other", text: said };
}

/** A property of an error, of whatever kind. */
export function fieldOf(error: unknown, name: string): unknown {
  return typeof error === "object" && error !== null ? (error as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** The code of the network fault at the bottom of an error. */
export function networkCode(error: unknown): string | undefined {
  for (let cause = error, depth = 0; depth < 5 && cause !== undefined; cause = fieldOf(cause, "cause"), depth++) {
    const code = fieldOf(cause, "code") ?? fieldOf(cause, "errno");
    if (typeof code === "string") return code;
    const [first] = cause instanceof AggregateError ? cause.errors : [];
    if (first !== undefined) return networkCode(first);
  }
  return undefined;
}
