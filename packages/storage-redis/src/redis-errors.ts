import { FurzeError, UnavailableError } from "@furze/core";

/** First words of refusals that a change of the configuration ends, no waiting. */
const REFUSED = /^(NOAUTH|WRONGPASS|NOPERM|ERR invalid password|ERR AUTH|ERR DB index|ERR invalid DB index|ERR SELECT)/;
/** First words of refusals that pass: starting, failing over, resharding, out of memory or of connections. */
const PASSING =
  /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|BUSY|OOM|MISCONF|NOREPLICAS|ERR max number of clients)/;

/** Turns what ioredis throws into an error of Furze; errors of Furze pass unchanged. */
export function toStoreError(error: unknown, address: string): Error {
  if (FurzeError.is(error)) return error;
  const cause = rootOf(error);
  const text = cause instanceof Error ? cause.message || cause.name : String(cause);
  if (REFUSED.test(text)) {
    return new UnavailableError(`Redis at ${address} refuses the connection: ${text}`, { retryable: false, cause });
  }
  const isReply = cause instanceof Error && cause.name === "ReplyError";
  const isFault = cause instanceof TypeError || cause instanceof RangeError;
  if ((isReply && !PASSING.test(text)) || isFault) return new FurzeError("INTERNAL", `Redis at ${address}: ${text}`, { cause });
  return new UnavailableError(`Redis at ${address} is unavailable: ${text}`, { cause });
}

/** The failure of the node behind "no node of the cluster can be reached". */
function rootOf(error: unknown): unknown {
  return error instanceof Error && "lastNodeError" in error && error.lastNodeError instanceof Error
    ? error.lastNodeError
    : error;
}

/** Whether the server does not have the database of the address. */
export function isDatabaseRefused(error: Error): boolean {
  return /^ERR (DB index|invalid DB index|SELECT)/.test(error.message);
}
