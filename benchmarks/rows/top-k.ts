import { KernelPool } from "@furze/kernels";
import { Als } from "@furze/matrix-factorization";
import { movieLens1M } from "../data.ts";
import { rankingQuality } from "../factorization.ts";
import { type BenchResult, repeat } from "../harness.ts";

/** Exact best 100 items of every user, seen items left out; then one user at a time, as a server does it. */
export async function* run(): AsyncIterable<BenchResult> {
  const { name, train, test } = movieLens1M();
  const users = Array.from({ length: train.numUsers }, (_, user) => user);
  const exclude = { offsets: train.userOffsets, indices: train.itemIndices };
  for (const numFactors of [16, 64, 128]) {
    using model = await new Als({ numFactors, numEpochs: 4 }).fit(train);
    const quality = await rankingQuality(model, train, test);
    for (const threads of [1, 2]) {
      await using pool = new KernelPool({ threads });
      const times = await repeat(7, () => model.recommend(users, { limit: 100, exclude, pool }));
      yield { params: { data: name, users: users.length, limit: 100, numFactors, threads }, ...times, quality };
    }
    const oneByOne = await repeat(5, async () => {
      for (let user = 0; user < 500; user++) {
        const vector = model.foldIn(train.row(user));
        if (vector !== undefined) model.recommendForVector(vector, { limit: 100, exclude: train.row(user) });
      }
    });
    yield { params: { data: name, users: 500, limit: 100, numFactors, how: "fold-in, single" }, ...oneByOne, quality };
  }
}
