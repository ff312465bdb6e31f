import {
  blobOptions,
  configToTable,
  loadConfig,
  maskConfig,
  pipelineOptions,
  storeOptions,
  trainingOptions,
} from "@furze/config";
import { type Logger, systemClock } from "@furze/core";
import { releaseKernelMemory } from "@furze/kernels";
import { createClusterServer, readTlsFiles } from "@furze/protocol";
import { LiveApp, listen } from "@furze/rest-api";
import { openBlobStore, openCacheStore, openDataStore } from "@furze/stores";
import { ProgressTracker, type RunningProcess, releaseMemoryAtRest } from "@furze/telemetry";
import { Trainer } from "@furze/training";
import { Cluster } from "./cluster.ts";
import type { MasterOptions } from "./config.ts";
import { createServing } from "./create-serving.ts";
import { LiveConfig } from "./live-config.ts";

/** A file that is imported may take an hour; a store that is slower than the sender makes him wait. */
const REQUEST_TIMEOUT_MS = 3_600_000;

/**
 * Starts a master: stores are opened and brought up to date, then gRPC and HTTP listen, then training begins.
 * Closing goes the other way round. A change of the configuration over HTTP reaches training, nodes and the API while all of it goes on.
 */
export async function composeMaster(options: MasterOptions, logger: Logger): Promise<RunningProcess> {
  const { config: base, warnings } = loadConfig({ file: options.configFile, env: options.env });
  for (const warning of warnings) logger.warn(warning);
  const clock = systemClock;
  await using resources = new AsyncDisposableStack();

  const { dataStore: dataUri, cacheStore: cacheUri, dataTablePrefix, cacheTablePrefix } = base.database;
  const dataStore = await openDataStore(dataUri, { ...storeOptions(base), tablePrefix: dataTablePrefix });
  resources.defer(() => dataStore.close());
  const cacheStore = await openCacheStore(cacheUri, { ...storeOptions(base), tablePrefix: cacheTablePrefix });
  resources.defer(() => cacheStore.close());
  await dataStore.migrate();
  await cacheStore.migrate();
  const blobStore = await openBlobStore(base.blob.uri, blobOptions(base));
  resources.defer(() => blobStore.close());
  const configuration = await LiveConfig.open({ blobStore, base, logger });
  const config = configuration.current;
  logger.info("configuration", { config: configToTable(maskConfig(config)) });

  const tracker = new ProgressTracker({ tracer: "master", clock });
  resources.defer(
    releaseMemoryAtRest({ isBusy: () => tracker.isBusy, release: () => releaseKernelMemory({ collect: false }) }),
  );
  const trainer = await Trainer.open({
    ...{ dataStore, cacheStore, blobStore, clock },
    pipeline: pipelineOptions(config),
    training: trainingOptions(config),
    reporter: tracker,
    logger: logger.child({ component: "training" }),
    lists: { made: (listsVersion, wait) => cluster.lists.made(listsVersion, wait) },
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

  const serve = createServing({ dataStore, cacheStore, configuration, tracker, trainer, cluster, clock, logger });
  resources.defer(() => serve.close());
  const app = new LiveApp(serve.with(config));
  resources.defer(() => app.close());
  configuration.onChange((changed) => {
    app.replace(serve.with(changed));
    trainer.configure({ pipeline: pipelineOptions(changed), training: trainingOptions(changed) });
    cluster.configure(changed);
  });
  const { httpHost, httpPort } = config.master;
  const http = await listen(app, { host: httpHost, port: httpPort, requestTimeoutMs: REQUEST_TIMEOUT_MS });
  resources.defer(() => http.close());
  trainer.start();
  resources.defer(() => trainer.stop());

  const owned = resources.move();
  return { close: () => owned.disposeAsync() };
}
