import type { Logger } from "@furze/core";
import { exitUnstarted } from "./exit-unstarted.ts";
import { STOP_MESSAGE } from "./stop-message.ts";

/** What a process runs. */
export interface RunningProcess {
  /** Drains and lets go of everything. */
  close(): Promise<void>;
  /** Resolves with the reason when everything should be closed and started anew, for example under another configuration. */
  readonly outdated?: Promise<string> | undefined;
}

export interface RunProcessOptions {
  readonly logger: Logger;
  /** Starts everything; `signal` aborts when the process is told to stop before it is up. */
  readonly start: (signal: AbortSignal) => Promise<RunningProcess>;
  /** Longest time that closing may take, milliseconds, before the process ends anyhow. Default 15,000. */
  readonly closeTimeoutMs?: number | undefined;
}

/**
 * Runs an application for the life of the process: until SIGTERM or SIGINT, or until the parent that holds its IPC channel is gone.
 * A second signal ends it at once. When it cannot start, one sentence goes to standard error and the exit code is 1.
 */
export async function runProcess(options: RunProcessOptions): Promise<void> {
  const { logger } = options;
  const stopping = new AbortController();
  const asked = Promise.withResolvers<string>();
  const stop = (reason: string) => {
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort();
    asked.resolve(reason);
  };
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));
  const stopOnce = (reason: string) => {
    if (!stopping.signal.aborted) stop(reason);
  };
  // A parent that was killed cannot send a signal any more, but its end of the channel closes.
  process.once("disconnect", () => stopOnce("parent gone"));
  process.on("message", (message) => {
    if (message === STOP_MESSAGE) stopOnce("asked by the parent");
  });
  process.on("unhandledRejection", (error) => {
    logger.error("unhandled rejection", { error });
    process.exit(70);
  });
  try {
    while (!stopping.signal.aborted) {
      const running = await options.start(stopping.signal);
      logger.info("ready");
      const reason = await Promise.race([asked.promise, running.outdated ?? asked.promise]);
      logger.info(stopping.signal.aborted ? "stopping" : "restarting", { reason });
      const limit = setTimeout(() => process.exit(1), options.closeTimeoutMs ?? 15_000).unref();
      await running.close();
      clearTimeout(limit);
    }
    process.exit(0);
  } catch (error) {
    if (stopping.signal.aborted) process.exit(0);
    exitUnstarted(error, logger);
  }
}
