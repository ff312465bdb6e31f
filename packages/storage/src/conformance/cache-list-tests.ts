import { expect } from "vitest";
import type { ListKey, ListPut, RankedList } from "../cache-store.ts";
import type { CacheStoreContext } from "./describe-cache-store.ts";
import { AWKWARD_IDS, collect, numberedIds, T0 } from "./fixtures.ts";
import type { ConformanceTest } from "./suite.ts";

const HOUR_MS = 3_600_000;

function list(fields: Partial<RankedList> = {}): RankedList {
  const entries = [
    { id: "a/😀", score: 1.5, categories: ["x", "y"], sources: ["latest"] },
    { id: "b", score: -Number.MIN_VALUE, categories: [], sources: ["item-to-item/n", "latest"] },
  ];
  return { entries, updatedMs: T0, digest: "digest", modelId: "", ...fields };
}

function key(name: string, collection = "recommend"): ListKey {
  return { collection, name };
}

function put(name: string, fields: Partial<ListPut> = {}): ListPut {
  return { collection: "recommend", name, list: list(), expiresMs: T0 + HOUR_MS, ...fields };
}

export const cacheListTests: readonly ConformanceTest<CacheStoreContext>[] = [
  {
    name: "lists > every field comes back as it went in, aligned with the keys",
    run: async ({ store }) => {
      const other = list({ entries: [], updatedMs: 0, digest: "", modelId: "model-1" });
      await store.putLists([put("u"), put("", { collection: "non-personalized/popular", list: other })]);
      const { lists } = await store.getLists([
        key("x"),
        key("", "non-personalized/popular"),
        key("u"),
        key("u", "other"),
        key("u"),
      ]);
      expect(lists).toEqual([undefined, other, list(), undefined, list()]);
      expect((await store.getLists([])).lists).toEqual([]);
    },
  },
  {
    name: "lists > a put replaces the whole list, and the last of a key wins",
    run: async ({ store }) => {
      await store.putLists([put("u")]);
      await store.putLists([put("u", { list: list({ digest: "2" }) }), put("u", { list: list({ digest: "3", entries: [] }) })]);
      expect((await store.getLists([key("u")])).lists).toEqual([list({ digest: "3", entries: [] })]);
    },
  },
  {
    name: "lists > what another process does to a list shows at once, however often the list was read before",
    run: async ({ store, open }) => {
      const other = await open();
      const digest = async () => (await store.getLists([key("u")])).lists[0]?.digest;
      const twice = async () => [await digest(), await digest()];
      try {
        expect(await twice()).toEqual([undefined, undefined]);
        await other.putLists([put("u", { list: list({ digest: "1" }) })]);
        expect(await twice()).toEqual(["1", "1"]);
        await other.putLists([put("u", { list: list({ digest: "2" }) })]);
        expect(await twice()).toEqual(["2", "2"]);
        await other.deleteLists([key("u")]);
        expect(await twice()).toEqual([undefined, undefined]);
        await other.putLists([put("u", { list: list({ digest: "2" }) }), put("v")]);
        expect(await twice()).toEqual(["2", "2"]);
        await other.putLists([put("u", { list: list({ digest: "2" }), expiresMs: T0 })]);
        expect(await twice()).toEqual([undefined, undefined]);
        await other.putLists([put("u")]);
        expect(await twice()).toEqual(["digest", "digest"]);
        await other.purge();
        expect(await twice()).toEqual([undefined, undefined]);
      } finally {
        await other.close();
      }
    },
  },
  {
    name: "lists > lists read one by one at the same time, kept ones and others, and one that expires while it is kept",
    run: async ({ store, clock }) => {
      const digest = async (name: string) => (await store.getLists([key(name)])).lists[0]?.digest;
      const all = () => Promise.all(["a", "b", "a", "none", "c"].map(digest));
      const named = (name: string, expiresMs: number) => put(name, { list: list({ digest: name }), expiresMs });
      await store.putLists([named("a", T0 + HOUR_MS), named("b", T0 + 2 * HOUR_MS)]);
      expect(await all()).toEqual(["a", "b", "a", undefined, undefined]);
      await store.putLists([named("c", T0 + 2 * HOUR_MS)]);
      expect(await all()).toEqual(["a", "b", "a", undefined, "c"]);
      clock.advance(HOUR_MS);
      expect(await all()).toEqual([undefined, "b", undefined, undefined, "c"]);
    },
  },
  {
    name: "lists > long lists, and hundreds of them in one call",
    run: async ({ store }) => {
      const names = numberedIds("u", 700);
      const long = list({
        entries: numberedIds("item", 1000).map((id, index) => ({
          id,
          score: 1 / (index + 1),
          categories: [`c${index % 300}`],
          sources: ["collaborative"],
        })),
      });
      await store.putLists([put("long", { list: long }), ...names.map((name) => put(name, { list: list({ digest: name }) }))]);
      const { lists } = await store.getLists([key("long"), ...names.map((name) => key(name))]);
      expect(lists).toEqual([long, ...names.map((name) => list({ digest: name }))]);
    },
  },
  {
    name: "lists > awkward names keep apart",
    run: async ({ store }) => {
      const all = AWKWARD_IDS.flatMap((collection) => AWKWARD_IDS.map((name) => ({ collection, name })));
      await store.putLists(all.map((one) => put("", { ...one, list: list({ digest: JSON.stringify(one) }) })));
      const { lists } = await store.getLists(all);
      expect(lists.map((one) => one?.digest)).toEqual(all.map((one) => JSON.stringify(one)));
    },
  },
  {
    name: "lists > an expired list is gone, before and after the garbage collection",
    run: async ({ store, clock }) => {
      await store.putLists([put("u"), put("v", { expiresMs: T0 + 2 * HOUR_MS }), put("past", { expiresMs: T0 })]);
      const read = async () => (await store.getLists([key("u"), key("v"), key("past")])).lists.map((one) => one !== undefined);
      expect(await read()).toEqual([true, true, false]);
      clock.advance(HOUR_MS);
      expect(await read()).toEqual([false, true, false]);
      expect(await collect(store.scanListNames("recommend"))).toEqual(["v"]);
      expect(await store.collectGarbage()).toBe(2);
      expect(await store.collectGarbage()).toBe(0);
      expect(await read()).toEqual([false, true, false]);
      await store.putLists([put("u", { expiresMs: T0 + 9 * HOUR_MS })]);
      expect(await read()).toEqual([true, true, false]);
    },
  },
  {
    name: "lists > thousands of expired lists are collected",
    run: async ({ store, clock }) => {
      await store.putLists(numberedIds("u", 1700).map((name) => put(name)));
      clock.advance(2 * HOUR_MS);
      expect(await store.collectGarbage()).toBe(1700);
    },
  },
  {
    name: "lists > deleting and scanning names of a collection",
    run: async ({ store }) => {
      const names = numberedIds("u", 4100);
      await store.putLists([...names.map((name) => put(name)), put("u0000", { collection: "other" })]);
      await store.deleteLists([key("u0001"), key("u0001"), key("unknown"), key("u0002", "other")]);
      const expected = names.filter((name) => name !== "u0001");
      expect((await collect(store.scanListNames("recommend"))).sort()).toEqual(expected);
      expect(await collect(store.scanListNames("none"))).toEqual([]);
      expect((await store.getLists([key("u0000", "other")])).lists).toEqual([list()]);
    },
  },
  {
    name: "lists > a bad key refuses the whole call",
    run: async ({ store }) => {
      for (const bad of [put("a\0b"), put("u", { collection: "" }), put("u", { expiresMs: Number.NaN })]) {
        await expect(store.putLists([put("good"), bad])).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
      }
      expect((await store.getLists([key("good")])).lists).toEqual([undefined]);
    },
  },
];
