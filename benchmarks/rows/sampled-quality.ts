import { leaveOneOutSplit, SeededRandom, type UserItemMatrix } from "@furze/dataset";
import { Als, Bpr, type MatrixFactorizationModel } from "@furze/matrix-factorization";
import { movieLens1M, movieLens100K } from "../data.ts";
import type { Fitter } from "../factorization.ts";
import { type BenchResult, lapTimer, medians } from "../harness.ts";

const NUM_NEGATIVES = 100;
const K = 10;

const models: readonly { readonly model: string; readonly fitter: Fitter }[] = [
  { model: "als", fitter: new Als() },
  { model: "bpr", fitter: new Bpr() },
];

/**
 * Gorse's own protocol, for comparison with its published figures: one random item of each user is held out and ranked among 100
 * items that he has nothing to do with. Kinder than full rankings by an order of magnitude, so not for judging models.
 */
export async function* run(): AsyncIterable<BenchResult> {
  const { name, full } = movieLens1M();
  const sets = [{ data: name, matrix: full }, ...movieLens100K()];
  for (const { data, matrix } of sets) {
    const { train, test } = leaveOneOutSplit(matrix);
    for (const { model, fitter } of models) {
      const lap = lapTimer();
      using fitted = await fitter.fit(train, {});
      const sample = lap();
      yield {
        params: { data, model, negatives: NUM_NEGATIVES },
        ...medians([sample]),
        quality: { ndcg10: ndcgOf(fitted, train, test) },
      };
    }
  }
}

function ndcgOf(model: MatrixFactorizationModel, train: UserItemMatrix, test: UserItemMatrix): number {
  const random = new SeededRandom(0);
  let sum = 0;
  let numUsers = 0;
  for (let user = 0; user < train.numUsers; user++) {
    const [held] = test.row(user);
    if (held === undefined) continue;
    numUsers++;
    const score = model.predict(user, held) ?? Number.NEGATIVE_INFINITY;
    let rank = 1;
    for (const item of strangers(user, held, train, random)) {
      if ((model.predict(user, item) ?? Number.NEGATIVE_INFINITY) > score) rank++;
    }
    if (rank <= K) sum += 1 / Math.log2(rank + 1);
  }
  return sum / numUsers;
}

/** Items in neither part of a user's data; all of them where there are no more than wanted. */
function strangers(user: number, held: number, train: UserItemMatrix, random: SeededRandom): Set<number> {
  const known = train.row(user).length + 1;
  const wanted = Math.min(NUM_NEGATIVES, train.numItems - known);
  const items = new Set<number>();
  while (items.size < wanted) {
    const item = random.nextInt(train.numItems);
    if (item !== held && !train.has(user, item)) items.add(item);
  }
  return items;
}
