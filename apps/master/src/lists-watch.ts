import { setTimeout as delay } from "node:timers/promises";
import { AbortError, type CallOptions, type TaskProgress } from "@furze/core";

/** What a worker calls a pass over its users. */
const PASS = "Generate recommendation";

export interface AwaitListsOptions extends CallOptions {
  /** How long to wait at most, milliseconds, > 0. */
  readonly timeLimitMs: number;
}

export interface ListsWatchOptions {
  /** Ids of the workers that are alive. */
  readonly workers: () => readonly string[];
  /** Time between two looks, milliseconds. Default 500. */
  readonly periodMs?: number | undefined;
}

/** Knows from what workers report whether they have made the lists that follow from a training cycle. */
export class ListsWatch {
  readonly #options: ListsWatchOptions;
  /** The version that each worker has heard of last, and when the last pass had begun then. */
  readonly #told = new Map<string, { readonly listsVersion: number; readonly lastPassMs: number | undefined }>();
  readonly #passes = new Map<string, TaskProgress>();

  constructor(options: ListsWatchOptions) {
    this.#options = options;
  }

  /** A worker hears of a version of the lists: with one that is new to it, it goes over its users. */
  told(nodeId: string, listsVersion: number): void {
    if (this.#told.get(nodeId)?.listsVersion === listsVersion) return;
    this.#told.set(nodeId, { listsVersion, lastPassMs: this.#passes.get(nodeId)?.startedMs });
  }

  /** A worker tells of its tasks. */
  reported(nodeId: string, tasks: readonly TaskProgress[]): void {
    const pass = tasks.find(({ name }) => name === PASS);
    if (pass !== undefined) this.#passes.set(nodeId, pass);
  }

  /**
   * Resolves when every live worker has ended a pass that it began after it had heard of the version, or when the time is over: one that
   * waits for a model makes no lists.
   *
   * @throws {AbortError} if the signal is aborted
   */
  async made(listsVersion: number, { signal, timeLimitMs }: AwaitListsOptions): Promise<void> {
    const limitMs = performance.now() + timeLimitMs;
    while (!this.#isMade(listsVersion) && performance.now() < limitMs) {
      await delay(this.#options.periodMs ?? 500, undefined, { signal }).catch((cause) => {
        throw new AbortError("nobody waits for the lists any more", { cause });
      });
    }
  }

  #isMade(listsVersion: number): boolean {
    const workers = new Set(this.#options.workers());
    for (const nodeId of this.#told.keys()) {
      if (workers.has(nodeId)) continue;
      this.#told.delete(nodeId);
      this.#passes.delete(nodeId);
    }
    return [...workers].every((nodeId) => {
      const told = this.#told.get(nodeId);
      const pass = this.#passes.get(nodeId);
      if (told?.listsVersion !== listsVersion || pass === undefined) return false;
      return pass.startedMs !== told.lastPassMs && pass.status !== "Running";
    });
  }
}
