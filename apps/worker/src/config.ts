import { parseDuration } from "@furze/core";
import { type NodeOptions, readNodeOptions } from "@furze/protocol";

export interface WorkerOptions extends NodeOptions {
  /** Milliseconds between two passes over the users when nothing else calls for one. Default: `worker.interval` of the configuration. */
  readonly intervalMs: number | undefined;
}

/** @throws {InvalidArgumentError} for flags that do not exist or values that cannot be read */
export function readOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): WorkerOptions {
  return readNodeOptions(args, env, {
    name: "worker",
    httpPort: 8089,
    cachePath: "worker_cache",
    flags: { interval: "" },
    read: (value) => ({ intervalMs: value("interval") === "" ? undefined : parseDuration(value("interval")) }),
  });
}
