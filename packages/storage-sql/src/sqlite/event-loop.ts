import { setImmediate as nextTurn } from "node:timers/promises";

/** How long synchronous work may hold the thread before others get their turn. */
const SLICE_MS = 8;

/** Cuts long synchronous work into slices: `isOver()` says when to `await rest()`. */
export class TimeSlice {
  #startedAt = performance.now();

  isOver(): boolean {
    return performance.now() - this.#startedAt >= SLICE_MS;
  }

  /** Lets the event loop turn once, then begins a new slice. */
  async rest(): Promise<void> {
    await nextTurn();
    this.#startedAt = performance.now();
  }
}
