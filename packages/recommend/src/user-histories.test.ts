import type { DataStore } from "@furze/storage";
import { expect, it } from "vitest";
import { DAY_MS, fill, like, openStores, options, START_MS, type Stores, systemOf } from "../test/fixture.ts";

/** The stores, and how often users' rows have been fetched. */
function counting(stores: Stores): { stores: Stores; fetches: () => number } {
  let fetches = 0;
  const { feedback } = stores.dataStore;
  const columnsOfUsers: typeof feedback.columnsOfUsers = (...args) => {
    fetches += 1;
    return feedback.columnsOfUsers(...args);
  };
  const proxied = new Proxy(feedback, {
    get: (target, key) => {
      if (key === "columnsOfUsers") return columnsOfUsers;
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const dataStore: DataStore = Object.create(stores.dataStore, {
    feedback: { value: proxied },
    dataVersion: { value: () => stores.dataStore.dataVersion?.() },
  });
  return { stores: { ...stores, dataStore }, fetches: () => fetches };
}

const seenBy = async (pipeline: ReturnType<typeof systemOf>["pipeline"], userId: string): Promise<string[]> =>
  [...(await pipeline.histories.loadOne(userId)).seen].map((index) => pipeline.space.idOf(index)).sort();

it("reads a user's rows once until something is written, by whatever connection", async () => {
  await using opened = await openStores();
  await fill(opened);
  const { stores, fetches } = counting(opened);
  const { pipeline } = systemOf(stores);
  expect(await seenBy(pipeline, "ben")).toEqual(["a", "b"]);
  expect(await seenBy(pipeline, "ben")).toEqual(["a", "b"]);
  expect(fetches()).toBe(1);
  await opened.dataStore.feedback.upsert([like("ben", "c", "view")], { mode: "sum" });
  expect(await seenBy(pipeline, "ben")).toEqual(["a", "b", "c"]);
  await opened.dataStore.feedback.deletePair("ben", "a");
  expect(await seenBy(pipeline, "ben")).toEqual(["b", "c"]);
  expect(fetches()).toBe(3);
});

it("reads the rows of all who are asked for in one turn at one stroke, each with his own time", async () => {
  await using opened = await openStores();
  await fill(opened);
  await opened.dataStore.feedback.upsert([like("ben", "c", "view", START_MS + DAY_MS)], { mode: "sum" });
  const { stores, fetches } = counting(opened);
  const { pipeline } = systemOf(stores);
  const [ann, ...bens] = await Promise.all(["ann", "ben", "ben"].map((userId) => seenBy(pipeline, userId)));
  expect(bens).toEqual([
    ["a", "b"],
    ["a", "b"],
  ]);
  expect(fetches()).toBe(1);
  opened.clock.advance(DAY_MS);
  expect(await Promise.all(["ann", "ben"].map((userId) => seenBy(pipeline, userId)))).toEqual([ann, ["a", "b", "c"]]);
  expect(fetches()).toBe(2);
  const [single] = await pipeline.histories.load(["ann"]);
  expect(ann?.length).toBe(single?.seen.size);
});

it("reads a user once a pass, whether he is wanted for his own sake or for others", async () => {
  await using opened = await openStores();
  await fill(opened);
  const { stores, fetches } = counting(opened);
  const { histories } = systemOf(stores).pipeline;
  const [ann, ben] = await histories.load(["ann", "ben"]);
  histories.forget();
  expect(await histories.recallPositives(["ben"])).toEqual(new Map([["ben", ben?.positives]]));
  await opened.dataStore.feedback.upsert([like("ben", "c")], { mode: "sum" });
  expect(await histories.recall(["ann", "ben"])).toEqual([ann, ben]);
  expect(await histories.recallPositives(["ann", "ben"])).toEqual(
    new Map([
      ["ann", ann?.positives],
      ["ben", ben?.positives],
    ]),
  );
  expect(fetches()).toBe(3);
  histories.forget();
  const [, changed] = await histories.recall(["ann", "ben"]);
  expect(changed?.seen.size).toBe((ben?.seen.size ?? 0) + 1);
});

it("shows a row of the future once its time has come", async () => {
  await using stores = await openStores();
  await fill(stores);
  const { pipeline } = systemOf(stores);
  await stores.dataStore.feedback.upsert([like("ben", "c", "view", START_MS + DAY_MS)], { mode: "sum" });
  expect(await seenBy(pipeline, "ben")).toEqual(["a", "b"]);
  stores.clock.advance(DAY_MS - options.clockErrorMs - 1);
  expect(await seenBy(pipeline, "ben")).toEqual(["a", "b"]);
  stores.clock.advance(1);
  expect(await seenBy(pipeline, "ben")).toEqual(["a", "b", "c"]);
});

it("lets what a user likes grow too old without any write", async () => {
  await using stores = await openStores();
  await fill(stores);
  const { pipeline } = systemOf(stores, { feedbackTtlMs: 2 * DAY_MS });
  expect((await pipeline.histories.loadOne("ben")).positives.length).toBe(2);
  stores.clock.advance(DAY_MS);
  expect((await pipeline.histories.loadOne("ben")).positives.length).toBe(2);
  stores.clock.advance(1);
  expect((await pipeline.histories.loadOne("ben")).positives.length).toBe(0);
  expect(await seenBy(pipeline, "ben")).toEqual(["a", "b"]);
});

it("serves the newest items from memory until an item changes", async () => {
  await using stores = await openStores();
  await fill(stores);
  const { recommender, editor } = systemOf(stores, { itemTtlMs: 3 * DAY_MS });
  const latest = async (): Promise<string> => (await recommender.latest({ limit: 9 })).map((row) => row.itemId).join("");
  expect(await latest()).toBe("abcd");
  stores.clock.advance(DAY_MS);
  expect(await latest()).toBe("abc");
  await editor.patch("b", { isHidden: true });
  expect(await latest()).toBe("ac");
});
