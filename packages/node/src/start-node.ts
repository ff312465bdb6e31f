import { join } from "node:path";
import { configFromJson, type FurzeConfig, pipelineOptions, storeOptions } from "@furze/config";
import { type CallOptions, silentLogger, systemClock } from "@furze/core";
import { type ClusterFollower, type ClusterState, type JoinClusterOptions, joinCluster } from "@furze/protocol";
import { ModelSet, Pipeline, RerankerClient } from "@furze/recommend";
import type { CacheStore, DataStore } from "@furze/storage";
import { openBlobStore, openCacheStore, openDataStore } from "@furze/stores";

export interface StartNodeOptions extends JoinClusterOptions, CallOptions {}

/** A process that follows its master: under the master's configuration, over the master's stores, with the master's models. */
export interface RunningNode {
  readonly nodeId: string;
  readonly config: FurzeConfig;
  readonly dataStore: DataStore;
  readonly cacheStore: CacheStore;
  readonly models: ModelSet;
  readonly pipeline: Pipeline;
  /** Resolves with the reason when the node should be closed and started anew: its configuration is not the master's any more. */
  readonly outdated: Promise<string>;
  /**
   * Tells the listener what the master says, now and after each sync, when the models are those that the master named or as near as
   * they can be had. Resolves after the first time.
   */
  follow(listener: (state: ClusterState) => void): Promise<void>;
  /** Lets go of everything, and takes leave of the master. */
  close(): Promise<void>;
}

/**
 * Joins the cluster, opens the stores that the master's configuration names, and builds the pipeline over them. Models are kept under
 * `models` in the cache path, so that a node has them at once when it starts again.
 *
 * @throws {FurzeError} when the master refuses the node, for example for a wrong token
 * @throws {ConfigError} when the master's configuration is nothing that this release can follow
 * @throws {InvalidArgumentError} for a store that no adapter serves
 * @throws {AbortError} when `signal` ends the wait for the master
 */
export async function startNode(options: StartNodeOptions): Promise<RunningNode> {
  const logger = options.logger ?? silentLogger;
  await using resources = new AsyncDisposableStack();
  const follower = joinCluster({ ...options, logger: logger.child({ component: "cluster" }) });
  resources.defer(() => follower.stop());
  const state = await follower.start({ signal: options.signal });
  const { config, warnings } = configFromJson(state.configJson);
  for (const warning of warnings) logger.warn(warning);

  const { dataStore: dataUri, cacheStore: cacheUri, dataTablePrefix, cacheTablePrefix } = config.database;
  const dataStore = await openDataStore(dataUri, { ...storeOptions(config), tablePrefix: dataTablePrefix });
  resources.defer(() => dataStore.close());
  const cacheStore = await openCacheStore(cacheUri, { ...storeOptions(config), tablePrefix: cacheTablePrefix });
  resources.defer(() => cacheStore.close());
  const kept = await openBlobStore(join(options.options.cachePath, "models"));
  const models = new ModelSet({ kept, logger: logger.child({ component: "models" }) });
  resources.defer(() => models.dispose());
  const shape = pipelineOptions(config);
  // Only lists that are made in advance can wait for a language model.
  const isAsking = options.kind === "worker" && shape.ranker?.type === "llm";
  const pipeline = new Pipeline(shape, {
    ...{ dataStore, cacheStore, models },
    reranker: isAsking ? new RerankerClient(shape.ranker.api) : undefined,
    clock: systemClock,
    logger: logger.child({ component: "pipeline" }),
  });
  resources.defer(() => pipeline.close());

  const { outdated, stop } = watchConfig(follower, state);
  resources.defer(stop);
  const listening = new Set<() => void>();
  resources.defer(() => {
    for (const end of listening) end();
  });
  const owned = resources.move();
  return {
    ...{ nodeId: follower.node.nodeId, config, dataStore, cacheStore, models, pipeline, outdated },
    async follow(listener) {
      const tell = async (current: ClusterState): Promise<void> => {
        await models.update(current.models, (model) => follower.downloadModel(model));
        listener(current);
      };
      await tell(follower.state);
      listening.add(follower.onSync((current) => void tell(current)));
    },
    close: () => owned.disposeAsync(),
  };
}

function watchConfig(follower: ClusterFollower, first: ClusterState): { outdated: Promise<string>; stop: () => void } {
  const outdated = Promise.withResolvers<string>();
  const stop = follower.onSync(({ configDigest }) => {
    if (configDigest !== first.configDigest) outdated.resolve("the configuration has changed");
  });
  return { outdated: outdated.promise, stop };
}
