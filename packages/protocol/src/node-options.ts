import { parseArgs } from "node:util";
import { InvalidArgumentError, parsePort } from "@furze/core";
import { readTlsFiles, type TlsFiles } from "./tls.ts";
import type { MutualTls } from "./types.ts";

/** How a worker or a server finds its master, and what it needs of its machine. */
export interface NodeOptions {
  readonly masterHost: string;
  readonly masterPort: number;
  readonly httpHost: string;
  readonly httpPort: number;
  /** Folder for the last cluster state and the current models. */
  readonly cachePath: string;
  /** Shared secret of the cluster. */
  readonly token: string | undefined;
  readonly tls: MutualTls | undefined;
}

export interface NodeFlags<Own> {
  /** Names the process in messages. */
  readonly name: string;
  readonly httpPort: number;
  readonly cachePath: string;
  /** Flags that this kind of node has besides, with their defaults. */
  readonly flags: Readonly<Record<string, string>>;
  /** Turns their values into options; what it throws is told with the list of flags. */
  readonly read: (value: (flag: string) => string) => Own;
}

/**
 * Reads the flags that all nodes have, named as Gorse names them, and those of one kind. The token comes from `FURZE_CLUSTER_TOKEN`:
 * flags show in the list of processes.
 *
 * @throws {InvalidArgumentError} for flags that do not exist or values that cannot be read; it lists the flags
 */
export function readNodeOptions<Own>(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  node: NodeFlags<Own>,
): NodeOptions & Own {
  const defaults: Readonly<Record<string, string>> = {
    ...{ "master-host": "127.0.0.1", "master-port": "8086" },
    ...{ "http-host": "127.0.0.1", "http-port": String(node.httpPort), "cache-path": node.cachePath },
    ...{ "ssl-ca": "", "ssl-cert": "", "ssl-key": "" },
    ...node.flags,
  };
  const flags = Object.entries(defaults).map(([flag, text]) => [flag, { type: "string" as const, default: text }] as const);
  try {
    const { values } = parseArgs({ args: [...args], options: Object.fromEntries(flags) });
    const value = (flag: string): string => String(values[flag]);
    return {
      masterHost: value("master-host"),
      masterPort: parsePort(value("master-port"), "--master-port"),
      httpHost: value("http-host"),
      httpPort: parsePort(value("http-port"), "--http-port"),
      cachePath: value("cache-path"),
      token: env.FURZE_CLUSTER_TOKEN,
      tls: tlsOf({ ca: value("ssl-ca"), cert: value("ssl-cert"), key: value("ssl-key") }),
      ...node.read(value),
    };
  } catch (cause) {
    const names = Object.keys(defaults).map((flag) => `--${flag}`);
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidArgumentError("arguments", `${message} Flags of the ${node.name}: ${names.join(", ")}.`, { cause });
  }
}

function tlsOf(files: TlsFiles): MutualTls | undefined {
  const given = Object.values(files).filter((path) => path !== "").length;
  if (given === 0) return undefined;
  if (given === 3) return readTlsFiles(files);
  throw new InvalidArgumentError("tls", "--ssl-ca, --ssl-cert and --ssl-key go together: give all three or none.");
}
