import { AbortError, UnavailableError } from "@furze/core";

/**
 * Ends a call that makes no progress: its signal is aborted by the caller's, or when the service is silent for too long.
 * Time that passes in code of the caller, between `pause` and `resume`, does not count.
 */
export class CallWatch implements Disposable {
  readonly #controller = new AbortController();
  readonly #timeoutMs: number;
  readonly #outer: AbortSignal | undefined;
  readonly #onAbort: () => void;
  readonly #place: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: { timeoutMs: number; place: string; signal: AbortSignal | undefined }) {
    this.#timeoutMs = options.timeoutMs;
    this.#place = options.place;
    this.#outer = options.signal;
    this.#onAbort = () => this.#controller.abort(new AbortError(undefined, { cause: this.#outer?.reason }));
    this.#outer?.addEventListener("abort", this.#onAbort, { once: true });
    this.resume();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the watch ended the call; `undefined` when it did not. */
  get reason(): unknown {
    return this.signal.reason;
  }

  pause(): void {
    clearTimeout(this.#timer);
  }

  /** Waits for the service again, from now on. */
  resume(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#controller.abort(new UnavailableError(`${this.#place} has not answered within ${this.#timeoutMs} ms.`));
    }, this.#timeoutMs);
  }

  /** What the promise gives, or the reason as soon as the call has one; for clients that cannot be interrupted. */
  async race<T>(promise: Promise<T>): Promise<T> {
    const { promise: ended, reject } = Promise.withResolvers<never>();
    const onAbort = () => reject(this.reason);
    if (this.signal.aborted) onAbort();
    this.signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([promise, ended]);
    } finally {
      this.signal.removeEventListener("abort", onAbort);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#onAbort);
  }
}
