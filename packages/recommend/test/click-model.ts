import type { Feedback, Item, User } from "@furze/core";
import { loadDataset } from "@furze/dataset";
import { FeatureSpace, Fm, FmRanker, LabelValues } from "@furze/factorization-machine";
import { type ClickModel, encodeClickModel } from "../src/models/click-model.ts";
import { item, like, options } from "./fixture.ts";

const TASTES = ["tea", "jam"];
const tasteOf = (index: number): string => TASTES[index % 2] as string;

/** Twenty users and twenty items of two tastes, `u0` and `i0` of the first; all is seen, and liked where the tastes agree. */
export const club: { users: User[]; items: Item[]; feedback: Feedback[] } = {
  users: Array.from({ length: 20 }, (_, u) => ({ userId: `u${u}`, labels: { taste: tasteOf(u) }, comment: "" })),
  items: Array.from({ length: 20 }, (_, i) => item(`i${i}`, { labels: { kind: tasteOf(i), price: i } })),
  feedback: Array.from({ length: 400 }, (_, row) => {
    const [u, i] = [Math.floor(row / 20), row % 20];
    return like(`u${u}`, `i${i}`, u % 2 === i % 2 ? "like" : "view");
  }),
};

/** A model of the club. */
export async function clickModel(modelId: string, seed = 0): Promise<ClickModel> {
  const values = new LabelValues();
  const dataset = await loadDataset({
    users: values.users([club.users]),
    items: values.items([club.items]),
    feedback: [club.feedback],
    roles: options.roles,
  });
  const space = FeatureSpace.fromDataset(dataset, { values });
  const model = await new Fm({ learningRate: 0.05, batchSize: 64, numEpochs: 20, seed }).fit(await space.samples(dataset));
  return { modelId, ranker: await FmRanker.create(model, space) };
}

/** Its file, and how it is named. */
export async function clickModelFile(
  modelId: string,
): Promise<{ kind: string; modelId: string; sha256: string; bytes: Uint8Array }> {
  const model = await clickModel(modelId);
  using _ranker = model.ranker;
  return { kind: "click", modelId, sha256: modelId.repeat(64).slice(0, 64), bytes: encodeClickModel(model) };
}
