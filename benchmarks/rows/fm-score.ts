import { loadDataset, SeededRandom } from "@furze/dataset";
import { FeatureSpace, Fm, FmRanker } from "@furze/factorization-machine";
import { type BenchResult, repeat } from "../harness.ts";

const NUM_USERS = 1000;
const NUM_ITEMS = 20_000;
const CANDIDATES = 10_000;
const USERS_TIMED = 200;

/** Scores of 10,000 candidates for one user at a time, as a server does it; seconds are for 200 users. */
export async function* run(): AsyncIterable<BenchResult> {
  const random = new SeededRandom(1);
  const tag = (): string => `t${random.nextInt(50)}`;
  const dataset = await loadDataset({
    users: [Array.from({ length: NUM_USERS }, (_, u) => ({ userId: `u${u}`, labels: [tag(), tag()], comment: "" }))],
    items: [
      Array.from({ length: NUM_ITEMS }, (_, i) => {
        return { itemId: `i${i}`, isHidden: false, categories: [], timestampMs: 0, labels: [tag(), tag(), tag()], comment: "" };
      }),
    ],
    feedback: [
      Array.from({ length: 50_000 }, (_, row) => {
        const [userId, itemId] = [`u${row % NUM_USERS}`, `i${random.nextInt(NUM_ITEMS)}`];
        const feedbackType = random.nextInt(2) === 0 ? "like" : "read";
        return { feedbackType, userId, itemId, value: 1, timestampMs: 0, updatedMs: 0, comment: "" };
      }),
    ],
    roles: { positive: [{ feedbackType: "like" }], negative: [], read: [{ feedbackType: "read" }] },
  });
  const candidates = Int32Array.from({ length: CANDIDATES }, () => random.nextInt(NUM_ITEMS));
  const space = FeatureSpace.fromDataset(dataset);
  for (const numFactors of [16, 64]) {
    const model = await new Fm({ numFactors, numEpochs: 2 }).fit(space.samples(dataset));
    using ranker = await FmRanker.create(model, space);
    const times = await repeat(7, async () => {
      for (let user = 0; user < USERS_TIMED; user++) ranker.scoreItems(ranker.userVector(user), candidates);
    });
    const quality = { msPerUser: (1000 * times.seconds) / USERS_TIMED };
    yield { params: { candidates: CANDIDATES, users: USERS_TIMED, numFactors }, ...times, quality };
  }
}
