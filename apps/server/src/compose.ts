import { restOptions } from "@furze/config";
import { type Logger, systemClock } from "@furze/core";
import { startNode } from "@furze/node";
import { ItemEditor, Recommender } from "@furze/recommend";
import { createRestApi, listen } from "@furze/rest-api";
import { Metrics, type RunningProcess, releaseMemoryAtRest } from "@furze/telemetry";
import manifest from "../package.json" with { type: "json" };
import type { ServerOptions } from "./config.ts";

/** Longer than the pause between two requests of someone who looks around. */
const REST_MS = 2000;

/** Starts a server: it learns the configuration from the master, then answers the REST API from the stores. */
export async function startServer(options: ServerOptions, logger: Logger, signal: AbortSignal): Promise<RunningProcess> {
  await using resources = new AsyncDisposableStack();
  resources.defer(releaseMemoryAtRest({ afterMs: REST_MS }));
  const node = await startNode({ kind: "server", version: manifest.version, options, logger, signal });
  resources.defer(() => node.close());
  const { config, dataStore, cacheStore, models, pipeline, outdated } = node;
  let listsVersion = 0;
  await node.follow((state) => {
    if (state.listsVersion !== listsVersion) pipeline.forget();
    listsVersion = state.listsVersion;
  });
  const clock = systemClock;
  // What a language model has ranked is not given up for what this process could do by itself; the worker renews it.
  const canPropose = () => models.isComplete && pipeline.options.ranker?.type !== "llm";

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
  return { close: () => owned.disposeAsync(), outdated };
}
