import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  DAY_MS,
  fill,
  ids,
  item,
  like,
  list,
  openStores,
  options,
  START_MS,
  type Stores,
  type System,
  systemOf,
} from "../test/fixture.ts";
import { ListMaker } from "./list-maker.ts";
import type { PipelineOptions } from "./pipeline-options.ts";

let stores: Stores;

beforeEach(async () => {
  stores = await openStores();
  await fill(stores);
});

afterEach(() => stores[Symbol.asyncDispose]());

const system = (changes: Partial<PipelineOptions> = {}): System => systemOf(stores, changes);

describe("Recommender", () => {
  it("ranks online for a user without a list, leaves out what he has seen, and fills up from the fallbacks", async () => {
    const rows = await system().recommender.recommend("ann", { limit: 10 });
    // b and c are neighbors of a, which ann likes; e is popular; d and f are the newest of the rest.
    expect(ids(rows)).toEqual(["b", "c", "e", "d", "f"]);
    expect(rows[0]).toMatchObject({ sources: ["item-to-item/similar", "user-to-user/taste"] });
    expect(rows[0]?.score).toBeCloseTo(0.9);
    expect(rows[3]).toMatchObject({ itemId: "d", sources: ["latest"], score: Math.floor((START_MS - 3 * DAY_MS) / 1000) });
  });

  it("pages without overlap", async () => {
    const { recommender } = system();
    const pages = [];
    for (const offset of [0, 2, 4, 6]) pages.push(...ids(await recommender.recommend("ann", { limit: 2, offset })));
    expect(pages).toEqual(ids(await recommender.recommend("ann", { limit: 10 })));
  });

  it("answers for a user nobody knows", async () => {
    expect(ids(await system().recommender.recommend("stranger", { limit: 3 }))).toEqual(["a", "b", "e"]);
  });

  it("serves the stored list until the user likes something new", async () => {
    const { recommender } = system();
    await system().maker.makeLists();
    await stores.cacheStore.putLists([list("item-to-item/similar", "a", { f: 1 })]);
    expect(ids(await recommender.recommend("ann", { limit: 2 }))).toEqual(["b", "c"]);
    await stores.dataStore.feedback.upsert([like("ann", "b")], { mode: "sum" });
    expect(ids(await recommender.recommend("ann", { limit: 2 }))).toEqual(["f", "c"]);
  });

  it("hides, deletes and re-categorises items in stored lists at once", async () => {
    const { recommender, maker, editor } = system({ fallback: [] });
    await maker.makeLists();
    expect(ids(await recommender.recommend("ann", { limit: 9 }))).toEqual(["b", "c"]);
    stores.clock.advance(1);
    await editor.patch("b", { isHidden: true });
    expect(ids(await recommender.recommend("ann", { limit: 9 }))).toEqual(["c"]);
    await editor.patch("b", { isHidden: false, categories: ["drama"] });
    expect(ids(await recommender.recommend("ann", { limit: 9 }))).toEqual(["b", "c"]);
    expect(ids(await recommender.recommend("ann", { limit: 9, categories: ["drama"] }))).toEqual(["b"]);
    await editor.delete(["b"]);
    expect(ids(await recommender.recommend("ann", { limit: 9 }))).toEqual(["c"]);
  });

  it("hides items at once when it ranks online, too", async () => {
    const { recommender, editor } = system({ fallback: [] });
    expect(ids(await recommender.recommend("ann", { limit: 9 }))).toEqual(["b", "c"]);
    await editor.patch("b", { isHidden: true });
    expect(ids(await recommender.recommend("ann", { limit: 9 }))).toEqual(["c"]);
  });

  it("recommends to a session", async () => {
    const rows = await system().recommender.recommendForSession([like("", "a"), like("", "b"), like("", "f", "view")], {
      limit: 9,
    });
    expect(ids(rows)).toEqual(["c", "d"]);
    expect(rows[0]?.score).toBeCloseTo(1.2);
  });

  it("reads leaderboards and neighbors, and says when a recommender is missing", async () => {
    const { recommender } = system();
    const board = await recommender.nonPersonalized("popular", { limit: 9, excludeSeenBy: "ben" });
    expect(ids(board.rows)).toEqual(["e"]);
    expect(board.updatedMs).toBe(START_MS);
    expect((await recommender.nonPersonalized("nope", { limit: 9 })).rows).toEqual([]);
    expect(ids((await recommender.itemToItem(undefined, "a", { limit: 2 })).rows)).toEqual(["b", "c"]);
    expect((await recommender.userToUser("taste", "ann", { limit: 9 })).rows).toEqual([
      { userId: "ben", score: expect.closeTo(0.6) },
    ]);
    const bare = system({ itemToItem: [], recommenders: ["latest"] }).recommender;
    await expect(bare.itemToItem(undefined, "a", { limit: 9 })).rejects.toThrow("item-to-item recommendation is not enabled");
    await expect(bare.collaborative("ann", { limit: 9 })).rejects.toThrow("collaborative filtering recommendation is disabled");
  });
});

describe("ListMaker", () => {
  it("makes a list for every user and leaves fresh ones alone", async () => {
    const { maker } = system();
    expect(await maker.makeLists()).toEqual({ checked: 3, made: 3 });
    expect(await maker.makeLists()).toEqual({ checked: 3, made: 0 });
  });

  it("counts every list while batches overlap", async () => {
    const users = ["zoe", "zora", "zubin", "zuri"].map((userId) => ({ userId, labels: null, comment: "" }));
    await stores.dataStore.users.upsert(users);
    const { pipeline } = system();
    const { dataStore, cacheStore, clock } = stores;
    const maker = new ListMaker({ pipeline, users: dataStore.users, cacheStore, clock, batchSize: 1 });
    const progress: number[] = [];
    expect(await maker.makeLists({ onProgress: ({ done }) => progress.push(done) })).toEqual({ checked: 7, made: 7 });
    expect(progress).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("makes lists anew for users who liked or disliked something, under other options, and near their expiry", async () => {
    const { maker } = system();
    await maker.makeLists();
    await stores.dataStore.feedback.upsert([like("new", "c", "dislike"), like("ben", "f", "view")], { mode: "sum" });
    expect(await maker.makeLists()).toEqual({ checked: 3, made: 1 });
    expect((await system({ cacheSize: 4 }).maker.makeLists()).made).toBe(3);
    stores.clock.advance(options.listTtlMs / 2 + 1);
    expect((await system({ cacheSize: 4 }).maker.makeLists()).made).toBe(3);
  });

  it("makes only the lists of users it owns", async () => {
    const { maker } = system();
    expect((await maker.makeLists({ owns: (userId) => userId !== "ben" })).made).toBe(2);
    const { lists } = await stores.cacheStore.getLists(["ann", "ben"].map((name) => ({ collection: "recommend", name })));
    expect(lists.map((value) => value?.entries.map((entry) => entry.id))).toEqual([["b", "c"], undefined]);
  });

  it("stops at an abort", async () => {
    const controller = new AbortController();
    const run = system().maker.makeLists({ signal: controller.signal, onProgress: () => controller.abort() });
    await expect(run).rejects.toMatchObject({ code: "ABORTED" });
  });
});

describe("ItemEditor", () => {
  it("writes nothing to the overlay for new items, and shows an item that comes back after its deletion", async () => {
    const { editor } = system();
    await editor.upsert([item("g"), item("h", { categories: ["x"] })]);
    expect((await stores.cacheStore.getOverlay(0)).entries).toEqual([]);
    await editor.delete(["g"]);
    expect((await stores.cacheStore.getOverlay(0)).entries).toMatchObject([{ itemId: "g", isHidden: true }]);
    await editor.upsert([item("g")]);
    expect((await stores.cacheStore.getOverlay(0)).entries).toMatchObject([{ itemId: "g", isHidden: false }]);
  });
});

describe("Pipeline", () => {
  it("refuses recommenders that are not defined", () => {
    expect(() => system({ recommenders: ["item-to-item/none"] })).toThrow("recommender item-to-item/none doesn't exist");
  });
});
