import { UnavailableError } from "@furze/core";

/** A signal that aborts with the caller's, or when nothing was heard for a while. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  /** Starts the wait anew. */
  refresh(): void;
  /** The error when the wait has run out, else `undefined`. */
  failure(): UnavailableError | undefined;
  stop(): void;
}

export function startTimeLimit(timeoutMs: number, callerSignal: AbortSignal | undefined): TimeLimit {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  return {
    signal: callerSignal === undefined ? controller.signal : AbortSignal.any([callerSignal, controller.signal]),
    refresh: () => {
      timer.refresh();
    },
    failure: () =>
      controller.signal.aborted ? new UnavailableError(`the master did not answer within ${timeoutMs} ms`) : undefined,
    stop: () => clearTimeout(timer),
  };
}
