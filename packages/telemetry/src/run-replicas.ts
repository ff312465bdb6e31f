import cluster, { type Worker } from "node:cluster";
import type { Logger } from "@furze/core";
import { exitUnstarted } from "./exit-unstarted.ts";
import { releaseMemoryAtRest } from "./release-at-rest.ts";
import { answerMetricsRequests } from "./replica-metrics.ts";
import { STOP_MESSAGE } from "./stop-message.ts";

export interface RunReplicasOptions {
  readonly logger: Logger;
  /** Says how many processes share the ports that the application listens on, at least 1. What it throws is told as by `runProcess`. */
  readonly count: () => number;
  /** The application, such as a call of `runProcess`. With a count of 1 it runs right here. */
  readonly run: () => Promise<void>;
}

/** A replica that dies again within this time is started after a pause that doubles up to the longest. */
const STABLE_MS = 10_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Runs an application in several processes on the same ports (`node:cluster`): connections are handed out in turn. A replica that
 * dies is replaced; one that ends before it listens anywhere, as under a wrong configuration, ends all with its exit code.
 * Asking any of them for its metrics gives those of all, added up.
 */
export async function runReplicas({ logger, count, run }: RunReplicasOptions): Promise<void> {
  if (cluster.isWorker) return run();
  const processes = countOrExit(count, logger);
  if (processes === 1) return run();
  new Primary(logger, processes).start();
}

function countOrExit(count: () => number, logger: Logger): number {
  try {
    return count();
  } catch (error) {
    exitUnstarted(error, logger);
  }
}

class Primary {
  readonly #logger: Logger;
  readonly #count: number;
  /** When each replica that listens began to, by `performance.now()`. */
  readonly #listeningSince = new Map<Worker, number>();
  #pauseMs = FIRST_PAUSE_MS;
  #exitCode: number | undefined;

  constructor(logger: Logger, count: number) {
    this.#logger = logger;
    this.#count = count;
  }

  start(): void {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => (this.#exitCode === undefined ? this.#stop(0) : process.exit(130)));
    }
    process.once("disconnect", () => this.#stop(0));
    cluster.on("listening", (replica) => this.#listeningSince.set(replica, performance.now()));
    cluster.on("exit", (replica, code, signal) => this.#onExit(replica, code, signal));
    answerMetricsRequests();
    releaseMemoryAtRest();
    for (let started = 0; started < this.#count; started++) cluster.fork();
  }

  #stop(exitCode: number): void {
    this.#exitCode ??= exitCode;
    for (const replica of Object.values(cluster.workers ?? {})) if (replica?.isConnected()) replica.send(STOP_MESSAGE);
    this.#endIfAlone();
  }

  #onExit(replica: Worker, code: number | null, signal: string | null): void {
    const since = this.#listeningSince.get(replica);
    this.#listeningSince.delete(replica);
    if (this.#exitCode !== undefined) {
      this.#endIfAlone();
    } else if (since === undefined && code !== null) {
      this.#stop(code);
    } else {
      const wasStable = since !== undefined && performance.now() - since >= STABLE_MS;
      this.#pauseMs = wasStable ? FIRST_PAUSE_MS : Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
      this.#logger.error("a replica has ended", { pid: replica.process.pid, code, signal, replacedAfterMs: this.#pauseMs });
      setTimeout(() => {
        if (this.#exitCode === undefined) cluster.fork();
      }, this.#pauseMs);
    }
  }

  #endIfAlone(): void {
    if (Object.keys(cluster.workers ?? {}).length === 0) process.exit(this.#exitCode ?? 0);
  }
}
