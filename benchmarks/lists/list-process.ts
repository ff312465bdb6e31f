// A process of its own that makes the lists of all users, so that its memory is that of a worker: node list-process.ts '{"data": ...}'
// Prints one line of JSON. The lists are deleted before each pass, and the first pass warms up.
import { systemClock } from "@furze/core";
import { collections, ListMaker, ModelSet, Pipeline } from "@furze/recommend";
import { openBlobStore } from "@furze/storage-blob";
import { openCacheStore, openDataStore } from "@furze/stores";
import { lapTimer, medians } from "../harness.ts";
import { usageOf } from "../rest/process-tree.ts";
import { rankedByFm, readBlob } from "./five-recommenders.ts";
import type { ListOrder } from "./run-list-process.ts";

const PASSES = 3;
const order = JSON.parse(process.argv[2] ?? "") as ListOrder;
const dataStore = await openDataStore(order.data);
const cacheStore = await openCacheStore(order.cache);
const blobStore = openBlobStore(order.models);
const models = new ModelSet();
const clock = systemClock;

try {
  await models.update(order.current, ({ blobName }) => readBlob(blobStore, blobName));
  const pipeline = new Pipeline(rankedByFm, { dataStore, cacheStore, clock, models });
  const maker = new ListMaker({ pipeline, users: dataStore.users, cacheStore, clock });
  await maker.makeLists();
  const samples = [];
  let serverSeconds = 0;
  let made = 0;
  for (let pass = 0; pass < PASSES; pass++) {
    for await (const names of cacheStore.scanListNames(collections.recommend)) {
      await cacheStore.deleteLists(names.map((name) => ({ collection: collections.recommend, name })));
    }
    const before = usageOf(order.serverPids).cpuSeconds;
    const lap = lapTimer();
    ({ made } = await maker.makeLists());
    samples.push(lap());
    serverSeconds += (usageOf(order.serverPids).cpuSeconds - before) / PASSES;
  }
  const { seconds, cpuSeconds, peakRssMiB } = medians(samples);
  const quality = {
    made,
    usersPerSecond: Math.round(made / seconds),
    serverCpuSeconds: serverSeconds,
    cpuMsPerUser: ((cpuSeconds + serverSeconds) / made) * 1000,
  };
  process.stdout.write(JSON.stringify({ seconds, cpuSeconds, peakRssMiB, quality }));
} finally {
  models.dispose();
  await Promise.all([dataStore.close(), cacheStore.close()]);
}
