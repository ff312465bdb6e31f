import { rotateLog } from "./log-file.ts";
import type { ProcessGroup } from "./process-group.ts";
import type { Ports, SystemSpecs } from "./process-specs.ts";
import { waitUntilReady } from "./readiness.ts";

export interface SystemUrls {
  readonly rest: string;
  readonly master: string;
  readonly worker: string;
  readonly grpc: string;
}

export function systemUrls(ports: Ports, masterHost: string): SystemUrls {
  // A master that listens everywhere is reached here as well.
  const host = ["", "0.0.0.0", "::"].includes(masterHost) ? "127.0.0.1" : masterHost;
  return {
    rest: `http://127.0.0.1:${ports.server}`,
    master: `http://${host}:${ports.masterHttp}`,
    worker: `http://127.0.0.1:${ports.worker}`,
    grpc: `127.0.0.1:${ports.master}`,
  };
}

/**
 * Starts the master, and when it answers the worker and the server beside it, and waits for both.
 *
 * @throws {CliError} when one does not get ready in time; a process that ends makes `group.failed` abort
 */
export async function startSystem(
  group: ProcessGroup,
  specs: SystemSpecs,
  urls: SystemUrls,
  signal: AbortSignal,
): Promise<void> {
  for (const { logFile } of Object.values(specs)) if (logFile !== undefined) rotateLog(logFile);
  await waitUntilReady({ process: group.start(specs.master), url: urls.master, signal });
  const worker = group.start(specs.worker);
  const server = group.start(specs.server);
  await Promise.all([
    waitUntilReady({ process: worker, url: urls.worker, signal }),
    waitUntilReady({ process: server, url: urls.rest, signal }),
  ]);
}
