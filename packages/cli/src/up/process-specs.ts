import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DataFolder } from "./data-folder.ts";
import type { ProcessSpec } from "./managed-process.ts";
import type { SystemConfig } from "./read-config.ts";

export interface Ports {
  readonly server: number;
  /** gRPC of the master. */
  readonly master: number;
  readonly masterHttp: number;
  readonly worker: number;
}

export interface SystemPlan {
  readonly ports: Ports;
  readonly folder: DataFolder;
  readonly config: SystemConfig;
  readonly configFile: string | undefined;
  /** How many processes the server consists of. Default 1. */
  readonly serverProcesses?: number | undefined;
  /** Let the processes print to the terminal instead of into files. */
  readonly verbose: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** Path of the module that runs a process. Default: that of the package of this name. */
  readonly entryOf?: ((name: ProcessName) => string) | undefined;
}

export type ProcessName = "master" | "worker" | "server";

export interface SystemSpecs {
  readonly master: ProcessSpec;
  readonly worker: ProcessSpec;
  readonly server: ProcessSpec;
}

const LOOPBACK = "127.0.0.1";

/** MiB for short-lived garbage: less than Node's own choice costs no processor time here and spares each process a quarter of its memory. */
const MEMORY_FLAGS = ["--max-semi-space-size=8"];

/** Where the C library is glibc: two areas to allocate from instead of one for each thread, and free memory goes back to the system. */
const MEMORY_ENV = { MALLOC_ARENA_MAX: "2", MALLOC_TRIM_THRESHOLD_: "131072" };

/** The command lines of the three processes; stores that the config leaves open are put into the data folder. */
export function systemSpecs(plan: SystemPlan): SystemSpecs {
  const { ports, folder, config, configFile, serverProcesses = 1, entryOf = entryOfPackage } = plan;
  const env: NodeJS.ProcessEnv = {
    ...MEMORY_ENV,
    ...plan.env,
    FURZE_MASTER_PORT: String(ports.master),
    FURZE_MASTER_HTTP_PORT: String(ports.masterHttp),
    FURZE_DATABASE_DATA_STORE: config.dataStore ?? `sqlite://${join(folder.path, "data.sqlite")}`,
    FURZE_DATABASE_CACHE_STORE: config.cacheStore ?? `sqlite://${join(folder.path, "cache.sqlite")}`,
    FURZE_BLOB_URI: config.blobUri ?? folder.blobs,
    // A key that the file does not have must not open the port either.
    ...(config.adminApiKey === ""
      ? {}
      : { FURZE_MASTER_ADMIN_API_KEY: config.adminApiKey, FURZE_MASTER_HTTP_HOST: config.masterHost }),
    // Worker and server do not read the file that names it.
    ...(config.clusterToken === "" ? {} : { FURZE_CLUSTER_TOKEN: config.clusterToken }),
  };
  const spec = (name: ProcessName, args: readonly string[]): ProcessSpec => ({
    name,
    command: process.execPath,
    // The same conditions as here: a development tree runs from its sources, an installed one from its builds.
    args: [...process.execArgv, ...MEMORY_FLAGS, entryOf(name), ...args],
    env,
    logFile: plan.verbose ? undefined : join(folder.logs, `${name}.log`),
  });
  const node = (name: "worker" | "server", port: number, more: readonly string[] = []) =>
    spec(name, [
      ...["--master-host", LOOPBACK, "--master-port", String(ports.master)],
      ...["--http-host", LOOPBACK, "--http-port", String(port)],
      ...["--cache-path", join(folder.path, name)],
      ...tlsFlags(config),
      ...more,
    ]);
  return {
    master: spec("master", configFile === undefined ? [] : ["--config", configFile]),
    worker: node("worker", ports.worker),
    server: node("server", ports.server, ["--processes", String(serverProcesses)]),
  };
}

/** Worker and server show the master's own certificate: all three are of this machine. */
function tlsFlags({ tlsFiles }: SystemConfig): readonly string[] {
  if (tlsFiles === undefined) return [];
  return ["--ssl-ca", tlsFiles.ca, "--ssl-cert", tlsFiles.cert, "--ssl-key", tlsFiles.key];
}

function entryOfPackage(name: ProcessName): string {
  return fileURLToPath(import.meta.resolve(`@furze/${name}/main`));
}
