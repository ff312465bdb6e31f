import type { Clock } from "@furze/core";

export interface RestartPolicyOptions {
  readonly clock: Clock;
  /** Restarts allowed within a minute. Default 5. */
  readonly maxPerMinute?: number | undefined;
  /** Wait before the first restart of a minute, doubled for each further one. Default 500. */
  readonly firstDelayMs?: number | undefined;
}

const MINUTE_MS = 60_000;

/** Says how long to wait before a process is started again, and when to give up. */
export class RestartPolicy {
  readonly #clock: Clock;
  readonly #maxPerMinute: number;
  readonly #firstDelayMs: number;
  #restartsMs: number[] = [];

  constructor(options: RestartPolicyOptions) {
    this.#clock = options.clock;
    this.#maxPerMinute = options.maxPerMinute ?? 5;
    this.#firstDelayMs = options.firstDelayMs ?? 500;
  }

  /** Counts one restart. @returns milliseconds to wait; `undefined` when the process has died too often */
  next(): number | undefined {
    const nowMs = this.#clock.now();
    this.#restartsMs = this.#restartsMs.filter((timeMs) => nowMs - timeMs < MINUTE_MS);
    if (this.#restartsMs.length >= this.#maxPerMinute) return undefined;
    const delayMs = this.#firstDelayMs * 2 ** this.#restartsMs.length;
    this.#restartsMs.push(nowMs);
    return delayMs;
  }
}
