import { setImmediate as nextTurn } from "node:timers/promises";
import { type CallOptions, throwIfAborted } from "@furze/core";

/** How long work may hold the event loop, milliseconds: a request that comes meanwhile hardly notices. */
const HOLD_MS = 10;
/** Steps between two looks at the clock, where a step takes some nanoseconds. */
export const STEPS_PER_LOOK = 65_536;

/** Long work on the calling thread, in turns with the event loop. */
export class Turns {
  readonly #call: CallOptions;
  #startedMs = performance.now();

  constructor(call: CallOptions) {
    this.#call = call;
  }

  /** Whether the work has held the event loop long enough to call `next`. */
  get isOver(): boolean {
    return performance.now() - this.#startedMs > HOLD_MS;
  }

  /** Lets everybody else have a turn. @throws {AbortError} if the signal is aborted */
  async next(): Promise<void> {
    await nextTurn();
    throwIfAborted(this.#call.signal);
    this.#startedMs = performance.now();
  }
}
