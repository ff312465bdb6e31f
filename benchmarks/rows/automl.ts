import { factorModel, searchFactorModel } from "@furze/training";
import { movieLens1M } from "../data.ts";
import { rankingQuality } from "../factorization.ts";
import { type BenchResult, lapTimer, medians } from "../harness.ts";

const K = 20;

/**
 * An unattended search on a split of the training part alone, 600 s or `--time-limit=SECONDS`; then one fit on the whole
 * training part and the full ranking of the test part. `--trials` prints each trial to standard error.
 */
export async function* run(): AsyncIterable<BenchResult> {
  const { name, train, test } = movieLens1M();
  const timeLimit = Number(process.argv.find((argument) => argument.startsWith("--time-limit="))?.slice(13) ?? 600);
  const isVerbose = process.argv.includes("--trials");
  const lap = lapTimer();
  const { best, study } = await searchFactorModel({
    matrix: train,
    k: K,
    timeLimitMs: timeLimit * 1000,
    onTrial: (trial) => {
      if (isVerbose) process.stderr.write(`${JSON.stringify(trial)}\n`);
    },
  });
  const search = lap();
  if (best === undefined) throw new Error("the time limit was too short for a single trial");
  using model = await factorModel(best.parameters).fit(train);
  const refit = lap();
  yield {
    params: { data: name, timeLimit, trials: study.trials.length, ...best.parameters },
    ...medians([search]),
    quality: { validationNdcg20: best.score, refitSeconds: refit.seconds, ...(await rankingQuality(model, train, test)) },
  };
}
