import { KernelPool } from "@furze/kernels";
import { Als } from "@furze/matrix-factorization";
import { movieLens1M } from "../data.ts";
import { epochTimes, rankingQuality } from "../factorization.ts";
import type { BenchResult } from "../harness.ts";

const EPOCHS = 12;

const SOLVERS = ["conjugate-gradient", "subspace"] as const;

/** One epoch of alternating least squares; quality after 12 epochs on the training part. Many factors by either solver. */
export async function* run(): AsyncIterable<BenchResult> {
  const { name, train, test, full } = movieLens1M();
  await using pool = new KernelPool({ threads: 2 });
  for (const [numFactors, matrix] of [
    [16, full],
    [16, train],
    [64, train],
    [128, train],
  ] as const) {
    using model = await new Als({ numFactors, numEpochs: EPOCHS }).fit(train, { pool });
    const quality = { ...(await rankingQuality(model, train, test)), epochs: EPOCHS };
    for (const threads of [1, 2]) {
      const times = await epochTimes(new Als({ numFactors, numEpochs: EPOCHS, threads }), matrix, pool);
      yield { params: { data: name, entries: matrix.numEntries, numFactors, threads }, ...times, quality };
    }
  }
  for (const numFactors of [128, 256, 512]) {
    for (const solver of SOLVERS) {
      const als = new Als({ numFactors, numEpochs: EPOCHS, solver, alpha: 0.3, regularization: 0.0075 });
      using model = await als.fit(train, { pool });
      const quality = { ...(await rankingQuality(model, train, test)), epochs: EPOCHS };
      const times = await epochTimes(als, train, pool);
      yield {
        params: { data: name, entries: train.numEntries, numFactors, threads: 2, solver, alpha: 0.3 },
        ...times,
        quality,
      };
    }
  }
}
