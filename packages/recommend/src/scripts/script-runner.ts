import { AbortError, type CallOptions, throwIfAborted, type UserId } from "@furze/core";
import type { ExternalOptions } from "./external-options.ts";
import { ExternalScriptError } from "./script-error.ts";
import { ScriptThread } from "./script-thread-handle.ts";

const DEFAULT_TIME_LIMIT_MS = 5000;
const DEFAULT_MEMORY_LIMIT_BYTES = 64 * 1024 * 1024;
/** An answer stands in the memory as bytes and as text, up to three bytes a byte together, and something must be left. */
const MEMORY_PER_ANSWER = 8;
/** Beyond the time limit a script has this long to notice it; then its thread is ended. */
const GRACE_MS = 1000;

/**
 * Runs external scripts, each run in a virtual machine of its own that has `user_id`, `fetch` and the language, nothing else. Runs beyond
 * the number of threads wait. Threads start when they are needed and do not keep an idle process alive.
 *
 * Cost: about 1 ms a run besides the script; a thread holds about 30 MiB, or what its scripts have used at most.
 */
export class ScriptRunner {
  /** How many scripts run side by side. */
  readonly threads: number;
  readonly #all = new Set<ScriptThread>();
  readonly #idle: ScriptThread[] = [];
  readonly #waiting: PromiseWithResolvers<ScriptThread>[] = [];
  #isClosed = false;

  /** @param threads > 0. Scripts mostly wait for the network, so more than there are cores is useful */
  constructor(threads = 4) {
    this.threads = threads;
  }

  /**
   * @returns what the script recommends, in its order, unchecked
   * @throws {ExternalScriptError} if the script threw, reached a limit or returned something else than an array of strings
   * @throws {AbortError} when `signal` ended it
   */
  async run(external: ExternalOptions, userId: UserId, { signal }: CallOptions = {}): Promise<readonly string[]> {
    throwIfAborted(signal);
    const thread = await this.#take();
    const stopping = new AbortController();
    const stop = (): void => stopping.abort(new AbortError());
    signal?.addEventListener("abort", stop);
    const { timeLimitMs = DEFAULT_TIME_LIMIT_MS, memoryLimitBytes = DEFAULT_MEMORY_LIMIT_BYTES } = external;
    const late = new ExternalScriptError(external.name, "time-limit", "it took too long");
    const timer = setTimeout(() => stopping.abort(late), timeLimitMs + GRACE_MS);
    try {
      throwIfAborted(signal);
      const { allowedHosts = [], script, name } = external;
      const ended = await thread.run(
        { script, userId, timeLimitMs, memoryLimitBytes },
        { allowedHosts, maxBytes: memoryLimitBytes / MEMORY_PER_ANSWER, signal: stopping.signal },
      );
      if (ended.type === "failed") throw new ExternalScriptError(name, ended.failure, ended.message);
      return ended.itemIds;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      this.#giveBack(thread);
    }
  }

  /** Ends all threads; runs under way, those that wait and later ones fail. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(closed());
    await Promise.all(Iterator.from(this.#all).map((thread) => thread.end()));
  }

  async #take(): Promise<ScriptThread> {
    if (this.#isClosed) throw closed();
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#all.size < this.threads) return this.#start();
    const waiting = Promise.withResolvers<ScriptThread>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  #start(): ScriptThread {
    const thread = new ScriptThread();
    this.#all.add(thread);
    return thread;
  }

  #giveBack(thread: ScriptThread): void {
    let next: ScriptThread | undefined = thread;
    if (!thread.isUsable) {
      this.#all.delete(thread);
      next = this.#waiting.length > 0 ? this.#start() : undefined;
    }
    if (next === undefined) return;
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#idle.push(next);
    else waiting.resolve(next);
  }
}

function closed(): AbortError {
  return new AbortError("the script runner is closed");
}
