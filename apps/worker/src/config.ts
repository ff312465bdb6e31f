import { parseArgs } from "node:util";
import { InvalidArgumentError, parseDuration, parsePort } from "@furze/core";

export interface WorkerOptions {
  readonly masterHost: string;
  readonly masterPort: number;
  readonly httpHost: string;
  readonly httpPort: number;
  /** Folder for the last cluster state and the current model. */
  readonly cachePath: string;
  /** Time between two passes over the users when nothing else calls for one, milliseconds. */
  readonly intervalMs: number;
  /** Shared secret of the cluster. */
  readonly token: string | undefined;
}

const FLAGS = {
  "master-host": { type: "string", default: "127.0.0.1" },
  "master-port": { type: "string", default: "8086" },
  "http-host": { type: "string", default: "127.0.0.1" },
  "http-port": { type: "string", default: "8089" },
  "cache-path": { type: "string", default: "worker_cache" },
  interval: { type: "string", default: "1m" },
} as const;

/** @throws {InvalidArgumentError} for flags that do not exist or values that cannot be read */
export function readOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): WorkerOptions {
  try {
    const { values } = parseArgs({ args: [...args], options: FLAGS });
    return {
      masterHost: values["master-host"],
      masterPort: parsePort(values["master-port"], "--master-port"),
      httpHost: values["http-host"],
      httpPort: parsePort(values["http-port"], "--http-port"),
      cachePath: values["cache-path"],
      intervalMs: parseDuration(values.interval),
      token: env.FURZE_CLUSTER_TOKEN,
    };
  } catch (cause) {
    const flags = Object.keys(FLAGS).map((flag) => `--${flag}`);
    throw new InvalidArgumentError("arguments", `${(cause as Error).message} Flags of the worker: ${flags.join(", ")}.`, {
      cause,
    });
  }
}
