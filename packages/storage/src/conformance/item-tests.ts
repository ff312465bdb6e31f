import { ZERO_TIME_MS } from "@furze/core";
import { expect } from "vitest";
import type { DataStoreContext } from "./describe-data-store.ts";
import { AWKWARD_IDS, collect, collectPages, feedback, item, numberedIds, T0 } from "./fixtures.ts";
import type { ConformanceTest } from "./suite.ts";

export const itemTests: readonly ConformanceTest<DataStoreContext>[] = [
  {
    name: "items > single rows that many callers ask for at the same time come to the right ones",
    run: async ({ store }) => {
      const ids = numberedIds("i", 50);
      await store.items.upsert(ids.map((itemId) => item(itemId, { comment: `about ${itemId}` })));
      const asked = [...ids, "none", ...ids];
      const found = await Promise.all(asked.map((itemId) => store.items.get([itemId])));
      const comments = found.map(([row]) => row?.comment);
      expect(comments).toEqual(asked.map((itemId) => (itemId === "none" ? undefined : `about ${itemId}`)));
      await store.items.patch("i0007", { comment: "new" });
      const again = await Promise.all(ids.map((itemId) => store.items.get([itemId])));
      expect(again.filter(([row]) => row?.comment === "new").map(([row]) => row?.itemId)).toEqual(["i0007"]);
    },
  },
  {
    name: "items > every field comes back as it went in",
    run: async ({ store: { items } }) => {
      const rows = [
        item("a", { isHidden: true, categories: ["b", "a", "ü'\"😀"], labels: [1, 2], comment: "c", timestampMs: T0 + 1 }),
        item("b", { timestampMs: ZERO_TIME_MS }),
        item("c", { timestampMs: Date.UTC(9999, 11, 31) }),
        item("d", { timestampMs: -1 }),
      ];
      await items.upsert(rows);
      expect(await items.get(["a", "b", "c", "d", "e"])).toEqual([...rows, undefined]);
      expect(await items.count()).toBe(4);
    },
  },
  {
    name: "items > rows are aligned with the ids asked for, also with thousands of them",
    run: async ({ store: { items } }) => {
      const ids = numberedIds("i", 2500);
      await items.upsert(ids.map((id) => item(id)));
      const asked = [...ids.toReversed(), "unknown", "i0000"];
      expect((await items.get(asked)).map((row) => row?.itemId)).toEqual([...ids.toReversed(), undefined, "i0000"]);
    },
  },
  {
    name: "items > an upsert replaces the whole row, and the last row of an id wins",
    run: async ({ store: { items } }) => {
      await items.upsert([item("a", { isHidden: true, categories: ["x"], labels: { l: 1 }, comment: "c" })]);
      await items.upsert([item("a", { categories: ["y"] }), item("a", { categories: ["z"], timestampMs: T0 + 5 })]);
      expect(await items.get(["a"])).toEqual([item("a", { categories: ["z"], timestampMs: T0 + 5 })]);
    },
  },
  {
    name: "items > awkward ids keep apart and in the order of their UTF-8 bytes",
    run: async ({ store: { items } }) => {
      await items.upsert(AWKWARD_IDS.toReversed().map((id) => item(id)));
      const pages = await collectPages<{ itemId: string }, string>((from) => items.list({ limit: 4, from }));
      expect(pages.map((row) => row.itemId)).toEqual(AWKWARD_IDS);
      expect((await collect(items.scan({ batchSize: 5 }))).map((row) => row.itemId)).toEqual(AWKWARD_IDS);
    },
  },
  {
    name: "items > a bad row refuses the whole call",
    run: async ({ store: { items } }) => {
      for (const bad of [
        item(""),
        item("x".repeat(257)),
        item("x", { timestampMs: Number.NaN }),
        item("x", { timestampMs: 0.5 }),
      ]) {
        await expect(items.upsert([item("good"), bad])).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
      }
      expect(await items.count()).toBe(0);
    },
  },
  {
    name: "items > a patch keeps absent fields and creates nothing",
    run: async ({ store: { items } }) => {
      const row = item("a", { isHidden: true, categories: ["x", "y"], labels: { l: 1 }, comment: "c" });
      await items.upsert([row]);
      expect(await items.patch("a", { isHidden: false })).toBe(true);
      expect(await items.get(["a"])).toEqual([{ ...row, isHidden: false }]);
      expect(await items.patch("a", { categories: [], timestampMs: 0 })).toBe(true);
      expect(await items.patch("a", { labels: null, comment: "" })).toBe(true);
      expect(await items.get(["a"])).toEqual([item("a", { timestampMs: 0 })]);
      expect(await items.patch("b", { isHidden: true })).toBe(false);
      expect(await items.count()).toBe(1);
    },
  },
  {
    name: "items > categories are added once and removed",
    run: async ({ store: { items } }) => {
      await items.upsert([item("a", { categories: ["x"] })]);
      expect(await items.addCategory("a", "y/'😀")).toBe(true);
      expect(await items.addCategory("a", "y/'😀")).toBe(true);
      expect((await items.get(["a"]))[0]?.categories).toEqual(["x", "y/'😀"]);
      expect(await items.removeCategory("a", "x")).toBe(true);
      expect(await items.removeCategory("a", "absent")).toBe(true);
      expect((await items.get(["a"]))[0]?.categories).toEqual(["y/'😀"]);
      expect(await items.addCategory("b", "x")).toBe(false);
      expect(await items.removeCategory("b", "x")).toBe(false);
    },
  },
  {
    name: "items > categories added at the same time are all kept",
    run: async ({ store: { items }, open }) => {
      await items.upsert([item("a")]);
      const other = await open();
      try {
        const names = numberedIds("c", 20);
        await Promise.all(names.map((name, index) => (index % 2 === 0 ? items : other.items).addCategory("a", name)));
        expect([...((await items.get(["a"]))[0]?.categories ?? [])].sort()).toEqual(names);
      } finally {
        await other.close();
      }
    },
  },
  {
    name: "items > deleting items deletes their feedback and nobody else's",
    run: async ({ store }) => {
      const rows = [feedback("click a i"), feedback("click a j"), feedback("like b i")];
      await store.feedback.upsert(rows, { mode: "sum" });
      expect(await store.items.delete(["i", "nothing"])).toBe(1);
      expect((await collect(store.items.scan())).map((row) => row.itemId)).toEqual(["j"]);
      expect(await store.feedback.ofUsers(["a", "b"])).toEqual([[feedback("click a j")], []]);
      expect((await store.feedback.list({ limit: 10 })).rows).toEqual([feedback("click a j")]);
      expect(await store.users.count()).toBe(2);
    },
  },
];
