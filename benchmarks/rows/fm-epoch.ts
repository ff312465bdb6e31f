import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { SeededRandom } from "@furze/dataset";
import { Fm, FmSamples, readLibFm } from "@furze/factorization-machine";
import { KernelPool } from "@furze/kernels";
import { type BenchResult, lapTimer, medians, type Sample } from "../harness.ts";

const folder = new URL("../../../shared/data/frappe/", import.meta.url);
const NUM_FEATURES = 5382;
const NUM_SAMPLES = 86_582;
const TEST_SHARE = 1 / 3;

/** One epoch of a factorization machine on app usage with context; best AUC on the test part. */
export async function* run(): AsyncIterable<BenchResult> {
  const { name, train, test } = await frappe();
  await using pool = new KernelPool({ threads: 2 });
  for (const threads of [1, 2]) {
    using model = await new Fm({ threads }).fit(train, { validation: test, pool });
    const quality = { auc: model.score ?? 0, logLoss: model.logLoss ?? 0, bestEpoch: model.bestEpoch };
    const lap = lapTimer();
    const samples: Sample[] = [];
    using _timed = await new Fm({ threads, numEpochs: 20 }).fit(train, { pool, onEpoch: () => void samples.push(lap()) });
    const params = { data: name, samples: train.numSamples, numFactors: 16, batchSize: 1024, threads };
    // The first two run code that is still being compiled.
    yield { params, ...medians(samples.slice(2)), quality };
  }
}

async function frappe(): Promise<{ name: string; train: FmSamples; test: FmSamples }> {
  if (!existsSync(folder)) return { name: "generated", ...(await generate().split({ fraction: TEST_SHARE })) };
  const read = (part: string): Promise<FmSamples> =>
    readLibFm(fileURLToPath(new URL(`frappe.${part}.libfm`, folder)), { numFeatures: NUM_FEATURES });
  return { name: "frappe", train: await read("validation"), test: await read("test") };
}

/** Ten features a sample, of as many fields; every two of them like or dislike each other a little. */
function generate(): FmSamples {
  const random = new SeededRandom(1);
  const perSample = 10;
  const perField = Math.floor(NUM_FEATURES / perSample);
  const hidden = Array.from({ length: NUM_FEATURES }, () => [random.next() - 0.5, random.next() - 0.5]);
  const indices = Int32Array.from({ length: NUM_SAMPLES * perSample }, (_, at) => {
    return (at % perSample) * perField + Math.floor(perField * random.next() ** 3);
  });
  const targets = Uint8Array.from({ length: NUM_SAMPLES }, (_, sample) => {
    const sums = [0, 0];
    for (const feature of indices.subarray(sample * perSample, (sample + 1) * perSample))
      for (const f of [0, 1]) sums[f] = (sums[f] ?? 0) + (hidden[feature]?.[f] ?? 0);
    return (sums[0] ?? 0) ** 2 - (sums[1] ?? 0) ** 2 + random.next() > 0.5 ? 1 : 0;
  });
  const offsets = Int32Array.from({ length: NUM_SAMPLES + 1 }, (_, sample) => sample * perSample);
  return new FmSamples({ rows: { numFeatures: NUM_FEATURES, offsets, indices }, targets });
}
