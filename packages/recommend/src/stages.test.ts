import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DAY_MS, fill, ids, item, like, openStores, START_MS, type Stores, type System, systemOf } from "../test/fixture.ts";
import type { PipelineOptions } from "./pipeline-options.ts";

let stores: Stores;

beforeEach(async () => {
  stores = await openStores();
  await fill(stores);
});

afterEach(() => stores[Symbol.asyncDispose]());

const system = (changes: Partial<PipelineOptions>): System => systemOf(stores, { fallback: [], ...changes });
const feedback = (...rows: ReturnType<typeof like>[]) => stores.dataStore.feedback.upsert(rows, { mode: "sum" });

/** What a user gets: ranked now, page by page, and from the list that a worker stored. */
async function answers({ recommender, maker }: System, userId: string): Promise<string[]> {
  const online = await recommender.recommend(userId, { limit: 50 });
  const pages = [];
  for (const offset of [0, 2, 4]) pages.push(...(await recommender.recommend(userId, { limit: 2, offset })));
  expect(pages).toEqual(online.slice(0, 6));
  await maker.makeLists();
  expect(await recommender.recommend(userId, { limit: 50 })).toEqual(online);
  return ids(online);
}

describe("replacement", () => {
  const replacement = { positiveDecay: 0.8, readDecay: 0.55 };
  const recommenders = ["item-to-item/similar", "latest"];

  it("brings seen items back below where they would stand, the same online and offline", async () => {
    await feedback(like("ann", "c", "view"));
    expect(await answers(system({ recommenders }), "ann")).toEqual(["b", "d", "e", "f"]);
    // Without decay b, c, a, d, e, f; c is worth 5/6 * 0.55 = 0.46 and a 4/6 * 0.8 = 0.53, d 0.5 and e 0.33.
    expect(await answers(system({ recommenders, replacement }), "ann")).toEqual(["b", "a", "d", "c", "e"]);
    const drama = await system({ recommenders, replacement }).recommender.recommend("ann", { limit: 9, categories: ["drama"] });
    expect(drama).toEqual([]);
  });

  it("never brings back what the user dislikes, and lowers what he sees at once", async () => {
    const { recommender, maker } = system({ recommenders, replacement });
    await maker.makeLists();
    // a is worth 4/6 * 0.8 = 0.53 and d 0.5.
    expect(ids(await recommender.recommend("ann", { limit: 9 }))).toEqual(["b", "c", "a", "d", "e"]);
    await feedback(like("ann", "b", "view"));
    expect(ids(await recommender.recommend("ann", { limit: 9 }))).toEqual(["c", "b", "a", "d", "e"]);
    await feedback(like("ann", "c", "dislike"));
    // Of five a is worth 4/5 * 0.8 = 0.64, d 0.6 and b 0.55.
    expect(ids(await recommender.recommend("ann", { limit: 9 }))).toEqual(["a", "d", "b", "e", "f"]);
  });

  it("leaves a list of seen items alone until something changes", async () => {
    await feedback(...["b", "c", "d", "e"].map((itemId) => like("ann", itemId, "view")));
    const { maker } = system({ recommenders, replacement });
    expect((await maker.makeLists()).made).toBe(3);
    expect((await maker.makeLists()).made).toBe(0);
    await feedback(like("ann", "f", "view"));
    expect((await maker.makeLists()).made).toBe(1);
  });
});

describe("explore", () => {
  const recommenders = ["latest"];
  const explore = [{ recommender: "non-personalized/popular", probability: 0.3 }];

  it("mixes in the explorer's items at their share of the places, never what the user has seen", async () => {
    const names = Array.from({ length: 400 }, (_, place) => `item-${String(place).padStart(3, "0")}`);
    await stores.dataStore.items.upsert(
      names.map((name, age) => item(name, { timestampMs: START_MS - (age < 200 ? age : 400 + age) * DAY_MS })),
    );
    const board = names.slice(200).map((id, place) => ({ id, score: 1000 - place, categories: [], sources: [] }));
    const value = { entries: board, updatedMs: START_MS, digest: "", modelId: "" };
    const popular = { collection: "non-personalized/popular", name: "", list: value, expiresMs: START_MS + DAY_MS };
    await stores.cacheStore.putLists([popular]);
    await feedback(like("ann", "item-200", "view"));
    const { recommender } = system({ recommenders, explore, cacheSize: 150 });
    const rows = await recommender.recommend("ann", { limit: 150 });
    expect(new Set(ids(rows)).size).toBe(150);
    const explored = rows.filter(({ sources }) => sources[0] === "non-personalized/popular");
    // 150 places with a share of 0.3: 45 expected, standard deviation 5.6.
    expect(explored.length).toBeGreaterThan(30);
    expect(explored.length).toBeLessThan(60);
    expect(ids(explored)).toEqual(names.slice(201, 201 + explored.length));
    expect(explored[0]?.score).toBe(999);
  });

  it("dices the same for a user online, offline and on every page, and otherwise for another user", async () => {
    const half = system({ recommenders, explore: [{ recommender: "non-personalized/popular", probability: 0.5 }] });
    const orders = [];
    for (let user = 0; user < 20; user++) {
      await stores.dataStore.users.upsert([{ userId: `user-${user}`, labels: null, comment: "" }]);
      orders.push((await answers(half, `user-${user}`)).join());
    }
    expect(new Set(orders).size).toBeGreaterThan(1);
  });

  it("shows an item at the first place it gets, with both its sources", async () => {
    const all = system({ recommenders, explore: [{ recommender: "non-personalized/popular", probability: 1 }] });
    const rows = await all.recommender.recommend("ann", { limit: 9 });
    // a is seen; the board gives b and e and is empty then.
    expect(ids(rows)).toEqual(["b", "e", "c", "d", "f"]);
    expect(rows[1]).toMatchObject({ score: 0, sources: ["non-personalized/popular", "latest"] });
  });

  it("refuses probabilities that are too much together, and recommenders that are not defined", () => {
    const half = (recommender: string) => ({ recommender, probability: 0.6 });
    expect(() => system({ explore: [half("latest"), half("latest")] })).toThrow("at most 1 together, got 1.2 together");
    expect(() => system({ explore: [half("non-personalized/none")] })).toThrow(
      "recommender non-personalized/none doesn't exist",
    );
  });
});

describe("diversity", () => {
  it("spreads equal categories, the same online and offline", async () => {
    const categories: Record<string, string[]> = { a: ["x"], b: ["x"], c: ["x"], d: ["y"], e: ["y"], f: ["z"] };
    for (const [name, value] of Object.entries(categories)) {
      await stores.dataStore.items.patch(name, { categories: value });
    }
    const spread = (strength: number) =>
      answers(system({ recommenders: ["latest"], cacheSize: 6, diversity: { strength } }), "new");
    expect(await spread(0)).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(await spread(0.5)).toEqual(["a", "d", "f", "b", "c", "e"]);
  });
});

describe("list digest", () => {
  it("changes with everything that shapes a list", async () => {
    const changes: Partial<PipelineOptions>[] = [
      {},
      { cacheSize: 6 },
      { recommenders: ["latest"] },
      { collaborative: true },
      { replacement: { positiveDecay: 0.8, readDecay: 0.6 } },
      { replacement: { positiveDecay: 0.8, readDecay: 0.5 } },
      { explore: [{ recommender: "latest", probability: 0.1 }] },
      { explore: [{ recommender: "latest", probability: 0.2 }] },
      { diversity: { strength: 0.1 } },
      { diversity: { strength: 0.2 } },
      { ranker: { type: "fm" } },
      { external: [{ name: "mine", script: "[]" }] },
      { external: [{ name: "mine", script: "['a']" }] },
    ];
    const digests = changes.map((change) => system(change).pipeline.digest);
    expect(new Set(digests).size).toBe(changes.length);
    expect(system({ fallback: ["latest"], contextSize: 3 }).pipeline.digest).toBe(digests[0]);
  });
});
