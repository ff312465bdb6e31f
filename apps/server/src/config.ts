import { type NodeOptions, readNodeOptions } from "@furze/protocol";

export interface ServerOptions extends NodeOptions {
  /** How many processes answer on that port. */
  readonly processes: number;
}

const MAX_PROCESSES = 256;

/** @throws {InvalidArgumentError} for flags that do not exist or values that cannot be read */
export function readOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): ServerOptions {
  return readNodeOptions(args, env, {
    name: "server",
    httpPort: 8087,
    cachePath: "server_cache",
    flags: { processes: "1" },
    read: (value) => ({ processes: parseProcesses(value("processes")) }),
  });
}

function parseProcesses(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_PROCESSES) return count;
  throw new RangeError(`--processes must be a whole number from 1 to ${MAX_PROCESSES}, got ${JSON.stringify(text)}.`);
}
