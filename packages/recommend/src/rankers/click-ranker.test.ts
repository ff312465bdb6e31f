import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { clickModelFile, club } from "../../test/click-model.ts";
import { ids, item, like, list, openStores, type Stores, type System, systemOf } from "../../test/fixture.ts";
import { ModelSet } from "../models/model-set.ts";
import type { PipelineOptions } from "../pipeline-options.ts";

let stores: Stores;
let models: ModelSet;
let files: Awaited<ReturnType<typeof clickModelFile>>[];

const changes: Partial<PipelineOptions> = {
  ranker: { type: "fm" },
  recommenders: ["non-personalized/popular", "latest"],
  fallback: [],
};
const system = (more: Partial<PipelineOptions> = {}): System => systemOf(stores, { ...changes, ...more }, { models });
const learn = (count = 1) => models.update(files.slice(count - 1, count), ({ bytes }) => Promise.resolve(bytes));

/** Ids that the leaderboard holds, best first: as long as the lists are, so that it fills them alone. */
const POPULAR = ["i1", "i2", "i3", "i4", "i5"];

beforeAll(async () => {
  files = [await clickModelFile("7"), await clickModelFile("8")];
});

beforeEach(async () => {
  stores = await openStores();
  models = new ModelSet();
  await stores.dataStore.users.upsert(club.users);
  await stores.dataStore.items.upsert(club.items.map((row, age) => ({ ...row, timestampMs: 1e12 - age })));
  const board = Object.fromEntries(POPULAR.map((itemId, place) => [itemId, 100 - place]));
  await stores.cacheStore.putLists([list("non-personalized/popular", "", board)]);
});

afterEach(async () => {
  models.dispose();
  await stores[Symbol.asyncDispose]();
});

describe("ClickRanker", () => {
  it("orders all candidates by the model's scores, and says where they come from", async () => {
    const { recommender } = system({ cacheSize: 7 });
    expect(ids(await recommender.recommend("u0", { limit: 7 }))).toEqual([...POPULAR, "i0", "i6"]);
    await learn();
    const rows = await recommender.recommend("u0", { limit: 4 });
    // Seven items of the leaderboard and of the newest are candidates, i0 to i6, of which four are of the user's taste.
    expect(ids(rows).toSorted()).toEqual(["i0", "i2", "i4", "i6"]);
    const lease = models.click.acquire();
    const ranker = lease?.model.ranker;
    const indexOf = (itemId: string) => ranker?.space.itemIds.indexOf(itemId) ?? -1;
    const user = ranker?.userVector(ranker.space.userIds.indexOf("u0"));
    const scores = user && ranker?.scoreItems(user, ids(rows).map(indexOf));
    lease?.release();
    expect(rows.map(({ score }) => score)).toEqual([...(scores ?? [])]);
    expect(rows.map(({ score }) => score)).toEqual(rows.map(({ score }) => score).toSorted((a, b) => b - a));
    expect(rows.every(({ modelId }) => modelId === "7")).toBe(true);
    expect(rows.find(({ itemId }) => itemId === "i2")?.sources).toEqual(["non-personalized/popular", "latest"]);
    expect(rows.find(({ itemId }) => itemId === "i6")?.sources).toEqual(["latest"]);
  });

  it("ranks users newer than the model by their labels, and leaves those without as they are merged", async () => {
    await learn();
    await stores.dataStore.users.upsert([
      { userId: "newcomer", labels: { taste: "jam" }, comment: "" },
      { userId: "silent", labels: { shoe: 43 }, comment: "" },
    ]);
    const { recommender } = system();
    expect(ids(await recommender.recommend("newcomer", { limit: 3 })).toSorted()).toEqual(["i1", "i3", "i5"]);
    expect(ids(await recommender.recommend("silent", { limit: 5 }))).toEqual(POPULAR);
    expect(ids(await recommender.recommend("stranger", { limit: 5 }))).toEqual(POPULAR);
  });

  it("ranks items newer than the model by their labels, and those without as average ones", async () => {
    await learn();
    await stores.dataStore.items.upsert([
      item("new-tea", { labels: { kind: "tea" }, timestampMs: 2e12 }),
      item("new-jam", { labels: { kind: "jam" }, timestampMs: 2e12 }),
      item("bare", { timestampMs: 2e12 }),
    ]);
    const rows = await system({ cacheSize: 9 }).recommender.recommend("u0", { limit: 9 });
    const places = ["new-tea", "bare", "new-jam"].map((itemId) => ids(rows).indexOf(itemId));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(rows.every(({ score }) => Number.isFinite(score))).toBe(true);
  });

  it("ranks within the categories that are asked for, and pages fit together", async () => {
    await learn();
    for (const itemId of ["i0", "i1", "i2"]) await stores.dataStore.items.patch(itemId, { categories: ["drama"] });
    const { recommender } = system();
    const drama = await recommender.recommend("u0", { limit: 9, categories: ["drama"] });
    expect(ids(drama).at(-1)).toBe("i1");
    expect(ids(drama).toSorted()).toEqual(["i0", "i1", "i2"]);
    const all = ids(await recommender.recommend("u0", { limit: 4 }));
    const pages = [];
    for (const offset of [0, 2]) pages.push(...ids(await recommender.recommend("u0", { limit: 2, offset })));
    expect(pages).toEqual(all);
  });

  it("does not rank fallbacks", async () => {
    await learn();
    const { recommender } = system({ recommenders: ["non-personalized/none"], leaderboards: boards, fallback: ["latest"] });
    expect(ids(await recommender.recommend("u1", { limit: 3 }))).toEqual(["i0", "i1", "i2"]);
  });

  it("goes before replacement, which lets known items sink from where the model puts them", async () => {
    await learn();
    await stores.dataStore.feedback.upsert([like("u0", "i2"), like("u0", "i4", "view")], { mode: "sum" });
    const replacement = { positiveDecay: 0.999, readDecay: 0.999 };
    const rows = await system({ replacement, cacheSize: 6 }).recommender.recommend("u0", { limit: 6 });
    expect(ids(rows).slice(0, 3).toSorted()).toEqual(["i0", "i2", "i4"]);
  });
});

const boards = ["popular", "none"].map((name) => ({ name, score: "len(feedback)", filter: "" }));

describe("lists", () => {
  it("are made anew when the click model comes and when it changes, and carry its id", async () => {
    const { maker, pipeline } = system();
    expect(pipeline.modelId).toBe("");
    expect((await maker.makeLists()).made).toBe(20);
    expect((await maker.makeLists()).made).toBe(0);
    await learn(1);
    expect(pipeline.modelId).toBe("7");
    expect((await maker.makeLists()).made).toBe(20);
    expect((await maker.makeLists()).made).toBe(0);
    await learn(2);
    expect((await maker.makeLists()).made).toBe(20);
    const { lists } = await stores.cacheStore.getLists([{ collection: "recommend", name: "u3" }]);
    expect(lists[0]?.modelId).toBe("8");
    expect(lists[0]?.entries.every((entry) => Number.isFinite(entry.score))).toBe(true);
  });

  it("are the same offline and online", async () => {
    await learn();
    const online = await system().recommender.recommend("u5", { limit: 5 });
    await system().maker.makeLists();
    expect(await system().recommender.recommend("u5", { limit: 5 })).toEqual(online);
  });

  it("stay as they are when a click model is at hand that nobody ranks by", async () => {
    const { maker, pipeline } = system({ ranker: undefined });
    await maker.makeLists();
    await learn();
    expect(pipeline.modelId).toBe("");
    expect((await maker.makeLists()).made).toBe(0);
  });
});
