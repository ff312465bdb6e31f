import { Als, Bpr } from "@furze/matrix-factorization";
import { movieLens1M } from "../data.ts";
import { type Fitter, popularityQuality, rankingQuality } from "../factorization.ts";
import { type BenchResult, lapTimer, medians } from "../harness.ts";

const models: readonly { readonly params: Readonly<Record<string, number | string>>; readonly fitter: Fitter }[] = [
  { params: { model: "als" }, fitter: new Als() },
  {
    params: { model: "als", numFactors: 128, numEpochs: 12, alpha: 0.3, regularization: 0.0075 },
    fitter: new Als({ numFactors: 128, numEpochs: 12, alpha: 0.3, regularization: 0.0075 }),
  },
  {
    params: { model: "als", numFactors: 256, numEpochs: 12, alpha: 0.3, regularization: 0.0075 },
    fitter: new Als({ numFactors: 256, numEpochs: 12, alpha: 0.3, regularization: 0.0075 }),
  },
  { params: { model: "bpr" }, fitter: new Bpr() },
  { params: { model: "bpr", numFactors: 128 }, fitter: new Bpr({ numFactors: 128 }) },
];

/** Whole fits with default options but for those named; full ranking of the test part. */
export async function* run(): AsyncIterable<BenchResult> {
  const { name, train, test } = movieLens1M();
  const lap = lapTimer();
  const popular = popularityQuality(train, test);
  yield { params: { data: name, model: "popularity" }, ...medians([lap()]), quality: popular };
  for (const { params, fitter } of models) {
    const lap = lapTimer();
    using model = await fitter.fit(train, {});
    const sample = lap();
    yield { params: { data: name, ...params }, ...medians([sample]), quality: await rankingQuality(model, train, test) };
  }
}
