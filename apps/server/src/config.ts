import { parseArgs } from "node:util";
import { InvalidArgumentError, parsePort } from "@furze/core";

export interface ServerOptions {
  readonly masterHost: string;
  readonly masterPort: number;
  readonly httpHost: string;
  readonly httpPort: number;
  /** How many processes answer on that port. */
  readonly processes: number;
  /** Folder for the last cluster state and the current model. */
  readonly cachePath: string;
  /** Shared secret of the cluster. */
  readonly token: string | undefined;
}

const FLAGS = {
  "master-host": { type: "string", default: "127.0.0.1" },
  "master-port": { type: "string", default: "8086" },
  "http-host": { type: "string", default: "127.0.0.1" },
  "http-port": { type: "string", default: "8087" },
  processes: { type: "string", default: "1" },
  "cache-path": { type: "string", default: "server_cache" },
} as const;

/** @throws {InvalidArgumentError} for flags that do not exist or values that cannot be read */
export function readOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): ServerOptions {
  try {
    const { values } = parseArgs({ args: [...args], options: FLAGS });
    return {
      masterHost: values["master-host"],
      masterPort: parsePort(values["master-port"], "--master-port"),
      httpHost: values["http-host"],
      httpPort: parsePort(values["http-port"], "--http-port"),
      processes: parseProcesses(values.processes),
      cachePath: values["cache-path"],
      token: env.FURZE_CLUSTER_TOKEN,
    };
  } catch (cause) {
    const flags = Object.keys(FLAGS).map((flag) => `--${flag}`);
    throw new InvalidArgumentError("arguments", `${(cause as Error).message} Flags of the server: ${flags.join(", ")}.`, {
      cause,
    });
  }
}

const MAX_PROCESSES = 256;

function parseProcesses(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_PROCESSES) return count;
  throw new RangeError(`--processes must be a whole number from 1 to ${MAX_PROCESSES}, got ${JSON.stringify(text)}.`);
}
