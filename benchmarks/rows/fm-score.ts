import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Item } from "@furze/core";
import { type Dataset, loadDataset, SeededRandom } from "@furze/dataset";
import { FeatureSpace, Fm, FmRanker } from "@furze/factorization-machine";
import {
  type CandidateRequest,
  ClickRanker,
  encodeClickModel,
  ItemSet,
  ItemSpace,
  listOfCandidates,
  ModelSet,
} from "@furze/recommend";
import { openSqliteDataStore } from "@furze/storage-sql";
import { type BenchResult, repeat } from "../harness.ts";

const NUM_USERS = 1000;
const NUM_ITEMS = 20_000;
const CANDIDATES = 10_000;
const USERS_TIMED = 200;
const LIST_LENGTH = 100;

/**
 * Scores of 10,000 candidates for one user at a time, as a server does it, and their ranking to a list of 100 as the pipeline does it;
 * seconds are for 200 users.
 */
export async function* run(): AsyncIterable<BenchResult> {
  const random = new SeededRandom(1);
  const items = Array.from({ length: NUM_ITEMS }, (_, i): Item => {
    const labels = [tag(random), tag(random), tag(random)];
    return { itemId: `i${i}`, isHidden: false, categories: [], timestampMs: 0, labels, comment: "" };
  });
  const dataset = await load(items, random);
  const candidates = Int32Array.from({ length: CANDIDATES }, () => random.nextInt(NUM_ITEMS));
  const space = FeatureSpace.fromDataset(dataset);
  for (const numFactors of [16, 64]) {
    const model = await new Fm({ numFactors, numEpochs: 2 }).fit(await space.samples(dataset));
    using ranker = await FmRanker.create(model, space);
    const params = { candidates: CANDIDATES, users: USERS_TIMED, numFactors };
    const scoring = await repeat(7, async () => {
      for (let user = 0; user < USERS_TIMED; user++) ranker.scoreItems(ranker.userVector(user), candidates);
    });
    yield { params: { ...params, stage: "score" }, ...scoring, quality: perUser(scoring) };
    const ranking = await rankAll(ranker, items, candidates);
    yield { params: { ...params, stage: "rank" }, ...ranking, quality: perUser(ranking) };
  }
}

const tag = (random: SeededRandom): string => `t${random.nextInt(50)}`;

const perUser = ({ seconds, cpuSeconds }: { seconds: number; cpuSeconds: number }) => ({
  msPerUser: (1000 * seconds) / USERS_TIMED,
  cpuMsPerUser: (1000 * cpuSeconds) / USERS_TIMED,
});

function load(items: readonly Item[], random: SeededRandom): Promise<Dataset> {
  return loadDataset({
    users: [
      Array.from({ length: NUM_USERS }, (_, u) => ({ userId: `u${u}`, labels: [tag(random), tag(random)], comment: "" })),
    ],
    items: [items],
    feedback: [
      Array.from({ length: 50_000 }, (_, row) => {
        const [userId, itemId] = [`u${row % NUM_USERS}`, `i${random.nextInt(NUM_ITEMS)}`];
        const feedbackType = random.nextInt(2) === 0 ? "like" : "read";
        return { feedbackType, userId, itemId, value: 1, timestampMs: 0, updatedMs: 0, comment: "" };
      }),
    ],
    roles: { positive: [{ feedbackType: "like" }], negative: [], read: [{ feedbackType: "read" }] },
  });
}

async function rankAll(ranker: FmRanker, items: readonly Item[], candidates: Int32Array) {
  const folder = mkdtempSync(join(tmpdir(), "furze-fm-score-"));
  const store = await openSqliteDataStore({ path: join(folder, "data.sqlite") });
  const models = new ModelSet();
  const modelId = "1";
  await models.update([{ kind: "click", modelId, sha256: modelId }], async () => encodeClickModel({ modelId, ranker }));
  const itemSpace = new ItemSpace(store.items);
  for (const item of items) itemSpace.put(item);
  const stage = new ClickRanker({ users: store.users, items: store.items, space: itemSpace, models: models.click });
  const list = listOfCandidates(Array.from(candidates, (index) => ({ index, score: 0, sources: ["latest"], modelId: "" })));
  const none = ItemSet.EMPTY;
  const requests = Array.from({ length: USERS_TIMED }, (_, user): CandidateRequest => {
    const noFeedback = { positives: new Int32Array(0), negatives: none, seen: none, updatedMs: 0, fingerprint: "" };
    return { history: { userId: `u${user}`, ...noFeedback }, filter: { excluded: none, categories: [] } };
  });
  const lists = requests.map(() => list);
  const times = await repeat(7, () => stage.rank(lists, requests, { limit: LIST_LENGTH }));
  models.dispose();
  await store.close();
  rmSync(folder, { recursive: true });
  return times;
}
