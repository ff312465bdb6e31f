import { randomUUID } from "node:crypto";
import { type Logger, systemClock } from "@furze/core";
import { releaseKernelMemory } from "@furze/kernels";
import { startNode } from "@furze/node";
import { type ClusterState, shareUsers } from "@furze/protocol";
import { ListMaker, ListScheduler } from "@furze/recommend";
import { createStatusApi, listen } from "@furze/rest-api";
import { Metrics, ProgressTracker, type RunningProcess, releaseMemoryAtRest } from "@furze/telemetry";
import manifest from "../package.json" with { type: "json" };
import type { WorkerOptions } from "./config.ts";

const TASK = "Generate recommendation";

/** Starts a worker: it asks the master what to do, then makes the lists of the users that fall to it. */
export async function startWorker(options: WorkerOptions, logger: Logger, signal: AbortSignal): Promise<RunningProcess> {
  await using resources = new AsyncDisposableStack();
  const nodeId = randomUUID();
  const tracker = new ProgressTracker({ tracer: `worker-${nodeId.slice(0, 8)}`, clock: systemClock });
  resources.defer(
    releaseMemoryAtRest({ isBusy: () => tracker.isBusy, release: () => releaseKernelMemory({ collect: false }) }),
  );
  const tasks = () => tracker.snapshot();
  const node = await startNode({ kind: "worker", version: manifest.version, options, nodeId, tasks, logger, signal });
  resources.defer(() => node.close());
  const { config, dataStore, cacheStore, models, pipeline, outdated } = node;

  const maker = new ListMaker({ pipeline, users: dataStore.users, cacheStore, clock: systemClock });
  const scheduler = new ListScheduler({
    maker,
    intervalMs: options.intervalMs ?? config.worker.intervalMs,
    startPass: () => tracker.start(TASK, 1),
    logger: logger.child({ component: "lists" }),
  });
  resources.defer(() => scheduler.stop());
  await node.follow((state) => {
    // Without a model that there should be, lists would be worse than those that there are: they wait for it.
    const listsVersion = models.isComplete ? state.listsVersion : 0;
    scheduler.update({ listsVersion, modelId: pipeline.modelId, ...ownership(state, nodeId) });
  });

  const metrics = new Metrics();
  metrics.registerProcessMetrics();
  const api = createStatusApi({ dataStore, cacheStore, metrics, logger, options: { apiKey: config.server.apiKey } });
  const http = await listen(api, { host: options.httpHost, port: options.httpPort });
  resources.defer(() => http.close());
  const owned = resources.move();
  return { close: () => owned.disposeAsync(), outdated };
}

/** Which users fall to this node among the live workers. */
function ownership(state: ClusterState, self: string): { ownership: string; owns: (userId: string) => boolean } {
  const workers = state.members.filter((member) => member.kind === "worker").map((member) => member.nodeId);
  // While the master is away nobody is known to be alive, but this worker is.
  const ids = [...new Set([...workers, self])].sort();
  const ownerOf = shareUsers(ids);
  return { ownership: ids.join(), owns: (userId) => ownerOf(userId) === self };
}
