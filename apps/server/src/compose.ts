import { join } from "node:path";
import { configFromJson, pipelineOptions, restOptions, storeOptions } from "@furze/config";
import { type Logger, systemClock } from "@furze/core";
import { type ClusterState, joinCluster } from "@furze/protocol";
import { ItemEditor, ModelSet, Pipeline, Recommender } from "@furze/recommend";
import { createRestApi, listen } from "@furze/rest-api";
import { openBlobStore, openCacheStore, openDataStore } from "@furze/stores";
import { Metrics, type RunningProcess } from "@furze/telemetry";
import manifest from "../package.json" with { type: "json" };
import type { ServerOptions } from "./config.ts";

/** Starts a server: it learns the configuration from the master, then answers the REST API from the stores. */
export async function startServer(options: ServerOptions, logger: Logger, signal: AbortSignal): Promise<RunningProcess> {
  await using resources = new AsyncDisposableStack();
  const { version } = manifest;
  const follower = joinCluster({ kind: "server", version, options, logger: logger.child({ component: "cluster" }) });
  resources.defer(() => follower.stop());
  const state = await follower.start({ signal });
  const { config, warnings } = configFromJson(state.configJson);
  for (const warning of warnings) logger.warn(warning);

  const clock = systemClock;
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
    clock,
    models,
    logger: logger.child({ component: "pipeline" }),
  });
  resources.defer(() => pipeline.close());
  const canPropose = () => models.isComplete;
  let listsVersion = state.listsVersion;
  const follow = async (current: ClusterState): Promise<void> => {
    await models.update(current.models, (model) => follower.downloadModel(model));
    if (current.listsVersion !== listsVersion) pipeline.forget();
    listsVersion = current.listsVersion;
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
  const api = createRestApi({
    dataStore,
    cacheStore,
    recommender: new Recommender({ pipeline, dataStore, cacheStore, clock, canPropose }),
    itemEditor: new ItemEditor({ dataStore, cacheStore, clock, listTtlMs: pipeline.options.listTtlMs }),
    options: restOptions(config),
    clock,
    logger,
    metrics,
  });
  const http = await listen(api, { host: options.httpHost, port: options.httpPort });
  resources.defer(() => http.close());
  const owned = resources.move();
  return { close: () => owned.disposeAsync(), outdated: outdated.promise };
}
