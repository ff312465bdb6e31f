import { encodeModelFile } from "@furze/model-file";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fill, ids, list, openStores, type Stores, systemOf } from "../../test/fixture.ts";
import { decodeFusionModel, encodeFusionModel } from "./fusion-model.ts";
import { ModelSet } from "./model-set.ts";

const fileOf = (weights: unknown, extra: { modelId: string } | null = { modelId: "7" }): Uint8Array =>
  encodeModelFile({ kind: "fusion", header: { weights: weights as null, extra }, arrays: {} });

describe("decodeFusionModel", () => {
  it("gives back what was encoded", () => {
    const model = { modelId: "7", weights: { collaborative: 1, "item-to-item/similar": 0.25, latest: 0 } };
    expect(decodeFusionModel(encodeFusionModel(model))).toEqual(model);
  });

  it("refuses files without weights, with others than numbers >= 0, and without an id", () => {
    for (const weights of [null, { latest: -1 }, { latest: "much" }, { latest: null }, 3])
      expect(() => decodeFusionModel(fileOf(weights)), JSON.stringify(weights)).toThrow("must be numbers >= 0");
    expect(() => decodeFusionModel(fileOf({ latest: 1 }, null))).toThrow("it has no model id");
  });
});

describe("a pipeline that fuses", () => {
  let stores: Stores;
  beforeEach(async () => {
    stores = await openStores();
    await fill(stores);
    await stores.cacheStore.putLists([list("item-to-item/similar", "a", { b: 0.9, c: 0.8, d: 0.1 })]);
  });
  afterEach(() => stores[Symbol.asyncDispose]());

  const recommenders = ["item-to-item/similar", "latest"];

  it("takes the weights of the options, and the lists of all recommenders", async () => {
    const fused = async (weights: Record<string, number>) => {
      const { recommender } = systemOf(stores, { recommenders, fallback: [], ranker: { type: "fusion", weights } });
      return ids(await recommender.recommend("ann", { limit: 5 }));
    };
    expect(await fused({ latest: 0 })).toEqual(["b", "c", "d"]);
    expect(await fused({ "item-to-item/similar": 0 })).toEqual(["b", "c", "d", "e", "f"]);
    expect(await fused({ latest: 0.05 })).toEqual(["b", "c", "d", "e", "f"]);
  });

  it("makes all lists anew when a search has found other weights", async () => {
    const models = new ModelSet();
    const { maker, recommender } = systemOf(
      stores,
      { recommenders, fallback: [], ranker: { type: "fusion", weights: { latest: 0 } } },
      { models },
    );
    expect((await maker.makeLists()).made).toBe(3);
    expect((await maker.makeLists()).made).toBe(0);
    const found = encodeFusionModel({ modelId: "8", weights: { "item-to-item/similar": 0, latest: 1 } });
    await models.update([{ kind: "fusion", modelId: "8", sha256: "8".repeat(64) }], () => Promise.resolve(found));
    expect((await maker.makeLists()).made).toBe(3);
    expect(ids(await recommender.recommend("ann", { limit: 5 }))).toEqual(["b", "c", "d", "e", "f"]);
    const fixed = systemOf(
      stores,
      { recommenders, fallback: [], ranker: { type: "fusion", weights: { latest: 0 }, isTuned: false } },
      { models },
    );
    expect((await fixed.maker.makeLists()).made).toBe(3);
    expect(ids(await fixed.recommender.recommend("ann", { limit: 5 }))).toEqual(["b", "c", "d"]);
    models.dispose();
  });
});
