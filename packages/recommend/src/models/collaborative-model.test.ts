import { IdDictionary, UserItemMatrix } from "@furze/dataset";
import { Als, Bpr, type MatrixFactorizationModel } from "@furze/matrix-factorization";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fill, openStores, type Stores, systemOf } from "../../test/fixture.ts";
import { decodeCollaborativeModel, encodeCollaborativeModel } from "./collaborative-model.ts";
import { ModelSet } from "./model-set.ts";

const matrix = UserItemMatrix.fromRows({ numItems: 6, rows: [[0], [0, 1], [1, 2, 3], [3, 4, 5]] });
let factors: MatrixFactorizationModel;
let bpr: MatrixFactorizationModel;
let small: MatrixFactorizationModel;
let stores: Stores;

function ids(names: readonly string[]): IdDictionary {
  const dictionary = new IdDictionary();
  for (const name of names) dictionary.add(name);
  return dictionary;
}

const userIds = ids(["ann", "ben", "cat", "dan"]);
const itemIds = ids(["a", "b", "c", "d", "e", "f"]);

beforeAll(async () => {
  stores = await openStores();
  await fill(stores);
  factors = await new Als({ numFactors: 4, numEpochs: 2, threads: 1 }).fit(matrix);
  bpr = await new Bpr({ numFactors: 8, numEpochs: 2, threads: 1 }).fit(matrix);
  small = await new Als({ numFactors: 4, numEpochs: 1, threads: 1 }).fit(
    UserItemMatrix.fromRows({ numItems: 2, rows: [[0], [1]] }),
  );
});
afterAll(async () => {
  for (const model of [factors, bpr, small]) model.dispose();
  await stores[Symbol.asyncDispose]();
});

describe("a model with others beside it", () => {
  it("is one file that gives back all of them", () => {
    const bytes = encodeCollaborativeModel({ modelId: "1", userIds, itemIds, factors, ensemble: new Map([["my/bpr", bpr]]) });
    const model = decodeCollaborativeModel(bytes);
    expect([model.factors.kind, [...(model.ensemble?.keys() ?? [])]]).toEqual(["als", ["my/bpr"]]);
    using member = model.ensemble?.get("my/bpr");
    expect([member?.kind, member?.numFactors]).toEqual(["bpr", 8]);
    expect(member?.itemFactors).toEqual(bpr.itemFactors);
    model.factors.dispose();
  });

  it("is refused when one of them has other rows", () => {
    const bytes = encodeCollaborativeModel({ modelId: "1", userIds, itemIds, factors, ensemble: new Map([["small", small]]) });
    expect(() => decodeCollaborativeModel(bytes)).toThrow("the ids are not as many as the factors");
  });

  it("recommends by each of them under its own name, and not at all by one that it has not", async () => {
    const ensemble = ["bpr", "later"].map((name) => ({ name, type: "bpr" as const, numFactors: 8 }));
    const models = new ModelSet();
    const bytes = encodeCollaborativeModel({ modelId: "1", userIds, itemIds, factors, ensemble: new Map([["bpr", bpr]]) });
    await models.update([{ kind: "collaborative", modelId: "1", sha256: "" }], () => Promise.resolve(bytes));
    const { pipeline } = systemOf(stores, { collaborative: true, ensemble }, { models });
    await pipeline.space.load();
    const [history] = await pipeline.histories.load(["ben"]);
    if (history === undefined) throw new Error("there is no history");
    const names = ["collaborative", "collaborative/bpr", "collaborative/later"];
    const [sources = []] = await pipeline.candidatesOf(names, [pipeline.requestFor(history)], { limit: 6 });
    const listOf = ({ itemIndices }: { readonly itemIndices: Int32Array }) =>
      Array.from(itemIndices, (index) => itemIds.idOf(index));
    expect(sources.map(({ candidates }) => Array.from(candidates.items, (index) => pipeline.space.idOf(index)))).toEqual([
      listOf(factors.recommendForVector(factors.foldIn([0, 1]) ?? new Float32Array(4), { limit: 6, exclude: [0, 1] })),
      listOf(
        bpr.recommendForVector(bpr.userFactors.subarray(bpr.factorStride, bpr.factorStride + 8), { limit: 6, exclude: [0, 1] }),
      ),
      [],
    ]);
    expect(sources.map(({ modelId }) => modelId)).toEqual(["1", "1", ""]);
    models.dispose();
  });
});
