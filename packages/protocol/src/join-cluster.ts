import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Logger, TaskProgress } from "@furze/core";
import { createClusterClient } from "./cluster-client.ts";
import { ClusterFollower } from "./cluster-follower.ts";
import type { NodeOptions } from "./node-options.ts";
import type { NodeKind } from "./types.ts";

export interface JoinClusterOptions {
  readonly kind: NodeKind;
  readonly version: string;
  readonly options: NodeOptions;
  /** Default: a new UUID. */
  readonly nodeId?: string | undefined;
  /** Tasks to report to the master. Default none. */
  readonly tasks?: (() => readonly TaskProgress[]) | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * Makes a process a node of the cluster: `start` of what is returned waits for the master's first word, `stop` takes leave. The last
 * word is kept in `cluster.json` under the cache path, so that a node starts while its master is down.
 *
 * @throws {InvalidArgumentError} when address, token or certificates are malformed
 */
export function joinCluster({ kind, version, options, nodeId, tasks, logger }: JoinClusterOptions): ClusterFollower {
  const { masterHost, masterPort, token, tls, httpPort, cachePath } = options;
  return new ClusterFollower({
    client: createClusterClient({ address: `${masterHost}:${masterPort}`, token, tls }),
    node: { nodeId: nodeId ?? randomUUID(), kind, hostname: hostname(), httpPort, version },
    stateFile: join(cachePath, "cluster.json"),
    tasks,
    logger,
  });
}
