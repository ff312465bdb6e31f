import { type Clock, type Progress, systemClock } from "@furze/core";
import { renderProgressBar } from "./progress-bar.ts";

/** The part of a terminal or pipe that is used; `process.stderr` is one. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface TerminalProgressOptions {
  readonly label: string;
  /** Default `process.stderr`. */
  readonly stream?: ProgressStream | undefined;
  /** Default the system clock. */
  readonly clock?: Clock | undefined;
  /** Least time between two redraws on a terminal. Default 100. */
  readonly redrawMs?: number | undefined;
  /** Least time between two lines elsewhere. Default 5000. */
  readonly lineMs?: number | undefined;
}

/**
 * Shows the progress of one long call: on a terminal one line that is redrawn, elsewhere (a pipe, a CI log) a plain line now and then.
 * Nothing runs in the background; lines are written inside `update` and `finish`.
 */
export class TerminalProgress {
  readonly #label: string;
  readonly #stream: ProgressStream;
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #isTerminal: boolean;
  readonly #startedMs: number;
  #writtenMs: number;
  #last: Progress | undefined;
  #shown: Progress | undefined;
  #isFinished = false;

  constructor(options: TerminalProgressOptions) {
    this.#label = options.label;
    this.#stream = options.stream ?? process.stderr;
    this.#clock = options.clock ?? systemClock;
    this.#isTerminal = this.#stream.isTTY === true;
    this.#intervalMs = this.#isTerminal ? (options.redrawMs ?? 100) : (options.lineMs ?? 5000);
    this.#startedMs = this.#clock.now();
    // A terminal shows something at once; a log gets no line for what is over in an instant, except the last.
    this.#writtenMs = this.#isTerminal ? Number.NEGATIVE_INFINITY : this.#startedMs;
  }

  /** Takes the newest counts; fits the `onProgress` option of libraries. */
  readonly update = (progress: Progress): void => {
    if (this.#isFinished) return;
    this.#last = progress;
    const nowMs = this.#clock.now();
    if (nowMs - this.#writtenMs < this.#intervalMs) return;
    this.#writtenMs = nowMs;
    this.#write(progress, nowMs);
  };

  /** Writes the last state and ends the line. May be called more than once. */
  finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    if (this.#last === undefined) return;
    // A log that shows the last state already needs no second line of it.
    const isShown = this.#shown?.done === this.#last.done && this.#shown.total === this.#last.total;
    if (this.#isTerminal || !isShown) this.#write(this.#last, this.#clock.now());
    if (this.#isTerminal) this.#stream.write("\n");
  }

  #write(progress: Progress, nowMs: number): void {
    this.#shown = progress;
    const elapsedMs = nowMs - this.#startedMs;
    const rate = elapsedMs > 0 ? (progress.done * 1000) / elapsedMs : undefined;
    // One column stays free: a full line would wrap on some terminals.
    const width = this.#isTerminal ? (this.#stream.columns ?? 80) - 1 : 80;
    const line = renderProgressBar({ ...progress, label: this.#label, rate, width });
    this.#stream.write(this.#isTerminal ? `\r${line}\x1b[K` : `${line}\n`);
  }
}
