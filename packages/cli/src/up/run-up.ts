import { CliError } from "../cli-error.ts";
import type { CliIo } from "../cli-io.ts";
import { prepareDataFolder } from "./data-folder.ts";
import { findExample } from "./examples.ts";
import { fillAndShow } from "./fill-and-show.ts";
import { checkPorts, type PortUse } from "./ports.ts";
import { type Ports, systemSpecs } from "./process-specs.ts";
import { readConfig, type SystemConfig } from "./read-config.ts";
import { startSystem, systemUrls } from "./system.ts";
import { withGroup } from "./with-group.ts";

export interface UpOptions {
  readonly config?: string | undefined;
  readonly data: string;
  readonly example?: string | undefined;
  readonly port: number;
  readonly masterPort?: number | undefined;
  readonly masterHttpPort?: number | undefined;
  readonly workerPort: number;
  readonly serverProcesses: number;
  readonly exitAfterFirstList: boolean;
  readonly verbose: boolean;
}

/**
 * Starts a system, fills it, shows a first list, and serves until it is told to stop.
 *
 * @throws {CliError} when it cannot be started or cannot go on
 * @throws {AbortError} when it is told to stop before the list that it should have ended with
 */
export async function runUp(options: UpOptions, io: CliIo): Promise<void> {
  const example = options.example === undefined ? undefined : await findExample(options.example);
  const configFile = options.config ?? example?.configFile;
  const config = readConfig(configFile, io.env, (line) => io.error(`note: ${line}`));
  const ports = choosePorts(options, config);
  const folder = await prepareDataFolder(options.data);
  await checkPorts(portUses(ports));
  const { serverProcesses, verbose } = options;
  const specs = systemSpecs({ ports, folder, config, configFile, serverProcesses, verbose, env: io.env });
  const urls = systemUrls(ports, config.masterHost);
  await withGroup({ io, servesUntilStopped: !options.exitAfterFirstList }, async (group, signal) => {
    const startMs = performance.now();
    await startSystem(group, specs, urls, signal);
    group.supervise();
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    const logs = options.verbose ? "" : `; logs are in ${folder.logs}`;
    io.out(`Master, worker and server are ready after ${seconds} s. Data are in ${folder.path}${logs}.`);
    const isShown = await fillAndShow({ example, config, folder, urls, io, signal });
    if (options.exitAfterFirstList && !isShown) throw new CliError("There was no list to show.");
  });
}

function choosePorts(options: UpOptions, config: SystemConfig): Ports {
  return {
    server: options.port,
    master: options.masterPort ?? config.masterPort,
    masterHttp: options.masterHttpPort ?? config.masterHttpPort,
    worker: options.workerPort,
  };
}

function portUses(ports: Ports): PortUse[] {
  return [
    { option: "--port", purpose: "the REST API", port: ports.server },
    { option: "--master-port", purpose: "the master's gRPC", port: ports.master },
    { option: "--master-http-port", purpose: "the master's HTTP", port: ports.masterHttp },
    { option: "--worker-port", purpose: "the worker's HTTP", port: ports.worker },
  ];
}
