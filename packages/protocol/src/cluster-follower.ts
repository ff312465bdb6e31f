import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type CallOptions, FurzeError, type Logger, silentLogger, type TaskProgress } from "@furze/core";
import type { ClusterClient } from "./cluster-client.ts";
import type { ClusterNode, ClusterState, ModelRef } from "./types.ts";

/** The process is about to end, so a master that hangs is not waited for. */
const LEAVE_TIMEOUT_MS = 2000;

export interface ClusterFollowerOptions {
  readonly client: ClusterClient;
  readonly node: ClusterNode;
  /** Time between two syncs, milliseconds, > 0. Default 1,000: new lists and models are noticed that soon. */
  readonly periodMs?: number | undefined;
  /** File that keeps the last state, so that a node can start while the master is down. Default: none is kept. */
  readonly stateFile?: string | undefined;
  /** Tasks to report with each sync. Default none. */
  readonly tasks?: (() => readonly TaskProgress[]) | undefined;
  readonly logger?: Logger | undefined;
}

/** Keeps a node in step with its master, and going without it. */
export class ClusterFollower {
  readonly #options: ClusterFollowerOptions;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  readonly #listeners = new Set<(state: ClusterState) => void>();
  #state: ClusterState | undefined;
  #isMasterLost = false;
  #keptText = "";
  #loop: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: ClusterFollowerOptions) {
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
  }

  /**
   * Resolves with the first state: the master's, or the one kept from an earlier run when the master does not answer; without
   * either it waits for the master. Then syncs until `stop`.
   *
   * @throws {FurzeError} when the master refuses the node, for example for a wrong token
   * @throws {AbortError} when `signal` ends the wait
   */
  async start(call: CallOptions = {}): Promise<ClusterState> {
    let isLogged = false;
    while (this.#state === undefined) {
      const signal = AbortSignal.any([this.#stopping.signal, ...(call.signal ? [call.signal] : [])]);
      if (signal.aborted) throw new FurzeError("ABORTED", "the node stopped before the master answered");
      try {
        await this.#sync();
      } catch (error) {
        if (!FurzeError.is(error) || !error.retryable) throw error;
        this.#isMasterLost = true;
        this.#state = await this.#readKept();
        if (!isLogged)
          this.#logger.warn("the master does not answer", { error: error.message, hasKeptState: this.#state !== undefined });
        isLogged = true;
        if (this.#state === undefined) await this.#pause();
      }
    }
    this.#loop ??= this.#follow();
    return this.#state;
  }

  /** What this process is in the cluster. */
  get node(): ClusterNode {
    return this.#options.node;
  }

  /** The last state that the master told. @throws {FurzeError} before `start` has resolved */
  get state(): ClusterState {
    if (this.#state === undefined) throw new FurzeError("UNAVAILABLE", "the master has not answered yet", { retryable: true });
    return this.#state;
  }

  /** Calls back after each sync. @returns a function that ends it */
  onSync(listener: (state: ClusterState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Fetches a model file; errors as in `ClusterClient.downloadModel`. */
  downloadModel(model: ModelRef, call: CallOptions = {}): Promise<Uint8Array> {
    return this.#options.client.downloadModel(model, call);
  }

  /** Stops syncing and tells the master, if it answers, that the node is gone: others take its work over at once. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  async #end(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    if (this.#state !== undefined && !this.#isMasterLost) await this.#leave();
    this.#options.client.close();
  }

  async #leave(): Promise<void> {
    const { client, node } = this.#options;
    try {
      await client.leave(node.nodeId, { signal: AbortSignal.timeout(LEAVE_TIMEOUT_MS) });
    } catch (error) {
      // Without it the master notices by the silence. A master of a release before knows no such call.
      this.#logger.debug("the master was not told that the node leaves", { error });
    }
  }

  async #follow(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#pause();
      if (this.#stopping.signal.aborted) return;
      try {
        await this.#sync();
        if (this.#isMasterLost) this.#logger.info("the master answers again");
        this.#isMasterLost = false;
      } catch (error) {
        if (!this.#isMasterLost && !this.#stopping.signal.aborted) this.#logger.warn("the master does not answer", { error });
        this.#isMasterLost = true;
      }
    }
  }

  async #sync(): Promise<void> {
    const { client, node, tasks } = this.#options;
    const call = { signal: this.#stopping.signal };
    const state = await client.sync(node, call);
    this.#state = state;
    const reported = tasks?.() ?? [];
    if (reported.length > 0) await client.reportProgress(node.nodeId, reported, call);
    await this.#keep(state);
    for (const listener of this.#listeners) listener(state);
  }

  /** Keeps what a start without the master needs; who else is alive is not among it. */
  async #keep(state: ClusterState): Promise<void> {
    const { stateFile } = this.#options;
    const text = JSON.stringify({ ...state, members: [] });
    if (stateFile === undefined || text === this.#keptText) return;
    try {
      await mkdir(dirname(stateFile), { recursive: true });
      // The state holds the cluster's secrets: nobody else may read it.
      // Several processes of one server keep the same file.
      const unfinished = `${stateFile}.${process.pid}.new`;
      await writeFile(unfinished, text, { mode: 0o600 });
      await rename(unfinished, stateFile);
      this.#keptText = text;
    } catch (error) {
      this.#logger.warn("the cluster state cannot be kept", { file: stateFile, error });
    }
  }

  async #readKept(): Promise<ClusterState | undefined> {
    const { stateFile } = this.#options;
    if (stateFile === undefined) return undefined;
    try {
      const kept: unknown = JSON.parse(await readFile(stateFile, "utf8"));
      return isClusterState(kept) ? kept : undefined;
    } catch {
      return undefined;
    }
  }

  #pause(): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, this.#options.periodMs ?? 1000);
      signal.addEventListener("abort", done);
      if (signal.aborted) done();
    });
  }
}

/** A file of another release, or one that was edited, is no state. */
function isClusterState(value: unknown): value is ClusterState {
  if (typeof value !== "object" || value === null) return false;
  const state = value as Partial<Record<keyof ClusterState, unknown>>;
  const texts = [state.configJson, state.configDigest, state.datasetDigest];
  const lists = [state.members, state.models];
  return (
    texts.every((text) => typeof text === "string") && lists.every(Array.isArray) && typeof state.listsVersion === "number"
  );
}
