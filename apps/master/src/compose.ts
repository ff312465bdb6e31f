import {
  blobOptions,
  configToTable,
  loadConfig,
  maskConfig,
  pipelineOptions,
  restOptions,
  storeOptions,
  trainingOptions,
} from "@furze/config";
import { type Logger, systemClock } from "@furze/core";
import { createClusterServer, readTlsFiles } from "@furze/protocol";
import { ItemEditor, Pipeline, Recommender, ScriptRunner } from "@furze/recommend";
import { createMasterApi, listen } from "@furze/rest-api";
import { openBlobStore, openCacheStore, openDataStore } from "@furze/stores";
import { Metrics, ProgressTracker, type RunningProcess } from "@furze/telemetry";
import { Trainer } from "@furze/training";
import manifest from "../package.json" with { type: "json" };
import { Cluster } from "./cluster.ts";
import type { MasterOptions } from "./config.ts";

/**
 * Starts a master: stores are opened and brought up to date, then gRPC and HTTP listen, then training begins.
 * Closing goes the other way round.
 */
export async function composeMaster(options: MasterOptions, logger: Logger): Promise<RunningProcess> {
  const { config, warnings } = loadConfig({ file: options.configFile, env: options.env });
  logger.info("configuration", { config: configToTable(maskConfig(config)) });
  for (const warning of warnings) logger.warn(warning);
  const clock = systemClock;
  await using resources = new AsyncDisposableStack();

  const { dataStore: dataUri, cacheStore: cacheUri, dataTablePrefix, cacheTablePrefix } = config.database;
  const dataStore = await openDataStore(dataUri, { ...storeOptions(config), tablePrefix: dataTablePrefix });
  resources.defer(() => dataStore.close());
  const cacheStore = await openCacheStore(cacheUri, { ...storeOptions(config), tablePrefix: cacheTablePrefix });
  resources.defer(() => cacheStore.close());
  await dataStore.migrate();
  await cacheStore.migrate();
  const blobStore = await openBlobStore(config.blob.uri, blobOptions(config));
  resources.defer(() => blobStore.close());

  const tracker = new ProgressTracker({ tracer: "master", clock });
  const trainer = await Trainer.open({
    dataStore,
    cacheStore,
    blobStore,
    pipeline: pipelineOptions(config),
    training: trainingOptions(config),
    reporter: tracker,
    clock,
    logger: logger.child({ component: "training" }),
  });
  const cluster = new Cluster({ config, training: trainer, blobStore, clock });
  const { sslMode, sslCa, sslCert, sslKey } = config.master;
  const clusterServer = await createClusterServer({
    host: config.master.host,
    port: config.master.port,
    token: config.cluster.token || undefined,
    tls: sslMode ? readTlsFiles({ ca: sslCa, cert: sslCert, key: sslKey }) : undefined,
    handlers: cluster,
    logger: logger.child({ component: "cluster" }),
  });
  resources.defer(() => clusterServer.close());

  const pipeline = new Pipeline(pipelineOptions(config), {
    dataStore,
    cacheStore,
    clock,
    logger: logger.child({ component: "pipeline" }),
  });
  resources.defer(() => pipeline.close());
  const scripts = new ScriptRunner(1);
  resources.defer(() => scripts.close());
  const allowedHosts = (pipeline.options.external ?? []).flatMap((external) => external.allowedHosts ?? []);
  const metrics = new Metrics();
  metrics.registerProcessMetrics();
  const api = createMasterApi({
    dataStore,
    cacheStore,
    // The master holds no model, so it shows the lists as the workers made them.
    recommender: new Recommender({ pipeline, dataStore, cacheStore, clock, canPropose: () => false }),
    itemEditor: new ItemEditor({ dataStore, cacheStore, clock, listTtlMs: pipeline.options.listTtlMs }),
    options: restOptions(config),
    clock,
    logger,
    metrics,
    tasks: { tasks: () => [...tracker.snapshot(), ...cluster.remoteTasks()] },
    cluster: { nodes: () => cluster.members() },
    trainer,
    shownConfig: configToTable(maskConfig(config)),
    positiveFeedback: pipeline.options.roles.positive,
    version: manifest.version,
    runScript: (script, userId, call) => scripts.run({ name: "preview", script, allowedHosts }, userId, call),
  });
  // A file that is imported may take an hour; a store that is slower than the sender makes him wait.
  const requestTimeoutMs = 3_600_000;
  const http = await listen(api, { host: config.master.httpHost, port: config.master.httpPort, requestTimeoutMs });
  resources.defer(() => http.close());
  trainer.start();
  resources.defer(() => trainer.stop());

  const owned = resources.move();
  return { close: () => owned.disposeAsync() };
}
