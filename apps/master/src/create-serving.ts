import { type FurzeConfig, pipelineOptions, restOptions } from "@furze/config";
import type { Clock, Logger } from "@furze/core";
import { ItemEditor, Pipeline, previewPrompt, Recommender, ScriptRunner } from "@furze/recommend";
import { createMasterApi, type MetricsPort, type RequestHistogram, type ServedApp, Sessions } from "@furze/rest-api";
import type { CacheStore, DataStore } from "@furze/storage";
import { Metrics, type ProgressTracker } from "@furze/telemetry";
import type { Trainer } from "@furze/training";
import manifest from "../package.json" with { type: "json" };
import type { Cluster } from "./cluster.ts";
import type { LiveConfig } from "./live-config.ts";

export interface ServingDependencies {
  readonly dataStore: DataStore;
  readonly cacheStore: CacheStore;
  readonly configuration: LiveConfig;
  readonly tracker: ProgressTracker;
  readonly trainer: Trainer;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Makes the HTTP application of a master for one configuration after the other. */
export interface Serving {
  with(config: FurzeConfig): ServedApp;
  close(): Promise<void>;
}

/** What outlives a change of the configuration, such as sessions and metrics, is made once. */
export function createServing(dependencies: ServingDependencies): Serving {
  const { dataStore, cacheStore, configuration, tracker, trainer, cluster, clock, logger } = dependencies;
  const scripts = new ScriptRunner(1);
  const metrics = createMetrics();
  const { dashboardUserName: userName, dashboardPassword: password } = configuration.current.master;
  const sessions = userName === "" && password === "" ? undefined : new Sessions({ userName, password, clock });
  return {
    with: (config) => {
      const pipeline = new Pipeline(pipelineOptions(config), {
        ...{ dataStore, cacheStore, clock },
        logger: logger.child({ component: "pipeline" }),
      });
      const { roles, listTtlMs, external = [] } = pipeline.options;
      const allowedHosts = external.flatMap((one) => one.allowedHosts ?? []);
      const app = createMasterApi({
        ...{ dataStore, cacheStore, clock, logger, metrics, trainer, configuration, sessions },
        // The master holds no model, so it shows the lists as the workers made them.
        recommender: new Recommender({ pipeline, dataStore, cacheStore, clock, canPropose: () => false }),
        itemEditor: new ItemEditor({ dataStore, cacheStore, clock, listTtlMs }),
        options: restOptions(config),
        tasks: { tasks: () => [...tracker.snapshot(), ...cluster.remoteTasks()] },
        cluster: { nodes: () => cluster.members() },
        positiveFeedback: roles.positive,
        version: manifest.version,
        runScript: (script, userId, call) => scripts.run({ name: "preview", script, allowedHosts }, userId, call),
        previewPrompt: (templates, userId, call) => previewPrompt({ dataStore, roles, clock }, templates, userId, call),
      });
      return { app, close: () => pipeline.close() };
    },
    close: () => scripts.close(),
  };
}

/** Metrics of the process, whose histogram of requests each application after the first takes over. */
function createMetrics(): MetricsPort {
  const metrics = new Metrics();
  metrics.registerProcessMetrics();
  let requests: RequestHistogram | undefined;
  return {
    contentType: metrics.contentType,
    metricsText: () => metrics.metricsText(),
    histogram: (options) => {
      requests ??= metrics.histogram(options);
      return requests;
    },
  };
}
