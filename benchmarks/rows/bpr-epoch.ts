import { KernelPool } from "@furze/kernels";
import { Bpr } from "@furze/matrix-factorization";
import { movieLens1M } from "../data.ts";
import { epochTimes, rankingQuality } from "../factorization.ts";
import type { BenchResult } from "../harness.ts";

const EPOCHS = 30;

/** One epoch of BPR, as many samples as entries; quality after 30 epochs on the training part. */
export async function* run(): AsyncIterable<BenchResult> {
  const { name, train, test, full } = movieLens1M();
  await using pool = new KernelPool({ threads: 2 });
  for (const numFactors of [16, 64]) {
    using model = await new Bpr({ numFactors, numEpochs: EPOCHS }).fit(train, { pool });
    const quality = { ...(await rankingQuality(model, train, test)), epochs: EPOCHS };
    for (const threads of [1, 2]) {
      const times = await epochTimes(new Bpr({ numFactors, numEpochs: EPOCHS, threads }), full, pool);
      yield { params: { data: name, entries: full.numEntries, numFactors, threads }, ...times, quality };
    }
  }
}
