import type { UserItemMatrix } from "@furze/dataset";
import type { KernelPool } from "@furze/kernels";
import type { FitOptions, MatrixFactorizationModel } from "@furze/matrix-factorization";
import { evaluateRanking } from "@furze/metrics";
import { lapTimer, medians, type Sample } from "./harness.ts";

/** Anything that fits a factor model. */
export interface Fitter {
  fit(matrix: UserItemMatrix, options: FitOptions): Promise<MatrixFactorizationModel>;
}

/** NDCG and recall at 20 of full rankings, seen items left out, mean over the users of the test data. */
export async function rankingQuality(
  model: MatrixFactorizationModel,
  train: UserItemMatrix,
  test: UserItemMatrix,
): Promise<{ ndcg20: number; recall20: number }> {
  const users = Array.from({ length: train.numUsers }, (_, user) => user);
  const exclude = { offsets: train.userOffsets, indices: train.itemIndices };
  const { itemIndices } = await model.recommend(users, { limit: 20, exclude });
  const { ndcg, recall } = evaluateRanking({
    recommended: itemIndices,
    k: 20,
    relevant: { offsets: test.userOffsets, indices: test.itemIndices },
  });
  return { ndcg20: ndcg, recall20: recall };
}

/** The same for a ranking by the number of users, as the base line. */
export function popularityQuality(train: UserItemMatrix, test: UserItemMatrix): { ndcg20: number; recall20: number } {
  const counts = Array.from({ length: train.numItems }, (_, item) => train.itemOffsets[item + 1]! - train.itemOffsets[item]!);
  const ranked = counts.map((_, item) => item).sort((a, b) => counts[b]! - counts[a]!);
  const recommended = new Int32Array(train.numUsers * 20).fill(-1);
  for (let user = 0; user < train.numUsers; user++) {
    recommended.set(ranked.filter((item) => !train.has(user, item)).slice(0, 20), user * 20);
  }
  const relevant = { offsets: test.userOffsets, indices: test.itemIndices };
  const { ndcg, recall } = evaluateRanking({ recommended, k: 20, relevant });
  return { ndcg20: ndcg, recall20: recall };
}

/** Median epoch of a fit, without the first two: those run code that is still being compiled. */
export async function epochTimes(
  fitter: Fitter,
  matrix: UserItemMatrix,
  pool: KernelPool,
): Promise<Sample & { readonly peakRssMiB: number }> {
  const samples: Sample[] = [];
  const lap = lapTimer();
  using _model = await fitter.fit(matrix, { pool, onEpoch: () => void samples.push(lap()) });
  return medians(samples.slice(2));
}
