import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { configFromJson, pipelineOptions, storeOptions } from "@furze/config";
import { type Logger, systemClock } from "@furze/core";
import { type ClusterState, joinCluster, shareUsers } from "@furze/protocol";
import { ListMaker, ListScheduler, ModelSet, Pipeline } from "@furze/recommend";
import { createStatusApi, listen } from "@furze/rest-api";
import { openBlobStore, openCacheStore, openDataStore } from "@furze/stores";
import { Metrics, ProgressTracker, type RunningProcess } from "@furze/telemetry";
import manifest from "../package.json" with { type: "json" };
import type { WorkerOptions } from "./config.ts";

const TASK = "Generate recommendation";

/** Starts a worker: it asks the master what to do, then makes the lists of the users that fall to it. */
export async function startWorker(options: WorkerOptions, logger: Logger, signal: AbortSignal): Promise<RunningProcess> {
  await using resources = new AsyncDisposableStack();
  const nodeId = randomUUID();
  const tracker = new ProgressTracker({ tracer: `worker-${nodeId.slice(0, 8)}`, clock: systemClock });
  const follower = joinCluster({
    kind: "worker",
    version: manifest.version,
    options,
    nodeId,
    tasks: () => tracker.snapshot(),
    logger: logger.child({ component: "cluster" }),
  });
  resources.defer(() => follower.stop());
  const state = await follower.start({ signal });
  const { config, warnings } = configFromJson(state.configJson);
  for (const warning of warnings) logger.warn(warning);

  const { dataStore: dataUri, cacheStore: cacheUri, dataTablePrefix, cacheTablePrefix } = config.database;
  const dataStore = await openDataStore(dataUri, { ...storeOptions(config), tablePrefix: dataTablePrefix });
  resources.defer(() => dataStore.close());
  const cacheStore = await openCacheStore(cacheUri, { ...storeOptions(config), tablePrefix: cacheTablePrefix });
  resources.defer(() => cacheStore.close());
  const kept = await openBlobStore(join(options.cachePath, "models"));
  const models = new ModelSet({ kept, logger: logger.child({ component: "models" }) });
  resources.defer(() => models.dispose());

  const pipeline = new Pipeline(pipelineOptions(config), {
    dataStore,
    cacheStore,
    clock: systemClock,
    models,
    logger: logger.child({ component: "pipeline" }),
  });
  resources.defer(() => pipeline.close());
  const maker = new ListMaker({ pipeline, users: dataStore.users, cacheStore, clock: systemClock });
  const scheduler = new ListScheduler({
    maker,
    intervalMs: options.intervalMs ?? config.worker.intervalMs,
    startPass: () => tracker.start(TASK, 1),
    logger: logger.child({ component: "lists" }),
  });
  resources.defer(() => scheduler.stop());
  const follow = async (current: ClusterState): Promise<void> => {
    await models.update(current.models, (model) => follower.downloadModel(model));
    // Without a model that there should be, lists would be worse than those that there are: they wait for it.
    const listsVersion = models.isComplete ? current.listsVersion : 0;
    scheduler.update({ listsVersion, modelId: pipeline.modelId, ...ownership(current, nodeId) });
  };
  await follow(state);
  const outdated = Promise.withResolvers<string>();
  const stopFollowing = follower.onSync((current) => {
    if (current.configDigest !== state.configDigest) outdated.resolve("the configuration has changed");
    void follow(current);
  });
  resources.defer(stopFollowing);

  const metrics = new Metrics();
  metrics.registerProcessMetrics();
  const api = createStatusApi({ dataStore, cacheStore, metrics, logger, options: { apiKey: config.server.apiKey } });
  const http = await listen(api, { host: options.httpHost, port: options.httpPort });
  resources.defer(() => http.close());
  const owned = resources.move();
  return { close: () => owned.disposeAsync(), outdated: outdated.promise };
}

/** Which users fall to this node among the live workers. */
function ownership(state: ClusterState, self: string): { ownership: string; owns: (userId: string) => boolean } {
  const workers = state.members.filter((member) => member.kind === "worker").map((member) => member.nodeId);
  // While the master is away nobody is known to be alive, but this worker is.
  const ids = [...new Set([...workers, self])].sort();
  const ownerOf = shareUsers(ids);
  return { ownership: ids.join(), owns: (userId) => ownerOf(userId) === self };
}
