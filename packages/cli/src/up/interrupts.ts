export interface Interrupts {
  /** Aborts at the first request to stop. */
  readonly signal: AbortSignal;
  /** Gives the signals back to the process. */
  dispose(): void;
}

const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Takes Ctrl-C and requests to end.
 *
 * @param onSecond called when the user asks again while the stopping takes its time
 */
export function watchInterrupts(onSecond: () => void): Interrupts {
  const first = new AbortController();
  const take = () => {
    if (first.signal.aborted) onSecond();
    else first.abort();
  };
  for (const name of STOP_SIGNALS) process.on(name, take);
  return {
    signal: first.signal,
    dispose() {
      for (const name of STOP_SIGNALS) process.off(name, take);
    },
  };
}
