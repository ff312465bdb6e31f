import { ZERO_TIME_MS } from "@furze/core";
import { expect } from "vitest";
import type { DataStoreContext } from "./describe-data-store.ts";
import { AWKWARD_IDS, collect, feedback, item, keyOf, numberedIds, T0, user } from "./fixtures.ts";
import type { ConformanceTest } from "./suite.ts";

const FIRST = feedback("rate u i", { value: 2, timestampMs: T0 + 10, updatedMs: T0 + 20, comment: "first" });
const EARLIER = feedback("rate u i", { value: 3, timestampMs: T0 + 5, updatedMs: T0 + 5, comment: "second" });

export const feedbackWriteTests: readonly ConformanceTest<DataStoreContext>[] = [
  {
    name: "feedback writes > sum adds values, keeps the earliest time and the latest update, replaces the comment",
    run: async ({ store: { feedback: rows } }) => {
      expect(await rows.upsert([FIRST], { mode: "sum" })).toEqual({ accepted: 1, rejected: 0 });
      await rows.upsert([EARLIER], { mode: "sum" });
      const summed = { ...EARLIER, value: 5, updatedMs: T0 + 20 };
      expect(await rows.ofPair("u", "i")).toEqual([summed]);
      await rows.upsert([{ ...FIRST, value: -6.5, timestampMs: T0 + 50, updatedMs: T0 + 50, comment: "" }], { mode: "sum" });
      expect(await rows.ofPair("u", "i")).toEqual([{ ...summed, value: -1.5, updatedMs: T0 + 50, comment: "" }]);
    },
  },
  {
    name: "feedback writes > overwrite replaces the row",
    run: async ({ store: { feedback: rows } }) => {
      await rows.upsert([FIRST], { mode: "overwrite" });
      await rows.upsert([EARLIER], { mode: "overwrite" });
      expect(await rows.ofPair("u", "i")).toEqual([EARLIER]);
      expect(await rows.count()).toBe(1);
    },
  },
  {
    name: "feedback writes > a key that stands twice in one call is treated like two calls",
    run: async ({ store: { feedback: rows } }) => {
      expect(await rows.upsert([FIRST, EARLIER, FIRST], { mode: "sum" })).toEqual({ accepted: 3, rejected: 0 });
      expect(await rows.ofPair("u", "i")).toEqual([{ ...FIRST, value: 7, timestampMs: T0 + 5 }]);
      await rows.upsert([FIRST, EARLIER], { mode: "overwrite" });
      expect(await rows.ofPair("u", "i")).toEqual([EARLIER]);
    },
  },
  {
    name: "feedback writes > rows of every order see the same value",
    run: async ({ store: { feedback: rows } }) => {
      await rows.upsert([FIRST], { mode: "sum" });
      await rows.upsert([EARLIER], { mode: "sum" });
      const [expected] = await rows.ofPair("u", "i");
      expect(await rows.ofUsers(["u"])).toEqual([[expected]]);
      expect(await rows.ofItems(["i"])).toEqual([[expected]]);
      expect((await rows.list({ limit: 1 })).rows).toEqual([expected]);
      expect(await collect(rows.scan({ order: "user" }))).toEqual([expected]);
      expect(await collect(rows.scan({ order: "item" }))).toEqual([expected]);
    },
  },
  {
    name: "feedback writes > unknown users and items are created, known ones stay as they are",
    run: async ({ store }) => {
      await store.users.upsert([user("known", { labels: { a: 1 } })]);
      await store.items.upsert([item("known", { categories: ["c"], labels: "l" })]);
      await store.feedback.upsert([feedback("click known known"), feedback("click new new")], { mode: "sum" });
      expect(await store.users.get(["known", "new"])).toEqual([user("known", { labels: { a: 1 } }), user("new")]);
      expect(await store.items.get(["known", "new"])).toEqual([
        item("known", { categories: ["c"], labels: "l" }),
        item("new", { timestampMs: ZERO_TIME_MS }),
      ]);
    },
  },
  {
    name: "feedback writes > without auto-insert rows of unknown users and items are rejected and counted",
    run: async ({ store }) => {
      await store.users.upsert([user("u")]);
      await store.items.upsert([item("i")]);
      const rows = ["click u i", "click u unknown", "click unknown i", "like unknown unknown"].map((key) => feedback(key));
      const off = { mode: "sum", autoInsertUsers: false, autoInsertItems: false } as const;
      expect(await store.feedback.upsert(rows, off)).toEqual({ accepted: 1, rejected: 3 });
      expect((await collect(store.feedback.scan({ order: "user" }))).map(keyOf)).toEqual(["click u i"]);
      expect(await store.users.count()).toBe(1);
      const usersOnly = { mode: "sum", autoInsertItems: false } as const;
      expect(await store.feedback.upsert([feedback("like new i"), feedback("like other unknown")], usersOnly)).toEqual({
        accepted: 1,
        rejected: 1,
      });
      expect((await collect(store.users.scan())).map((row) => row.userId)).toEqual(["new", "u"]);
      expect(await store.items.count()).toBe(1);
      const itemsOnly = { mode: "sum", autoInsertUsers: false } as const;
      expect((await store.feedback.upsert([feedback("click u j"), feedback("click x k")], itemsOnly)).accepted).toBe(1);
      expect((await collect(store.items.scan())).map((row) => row.itemId)).toEqual(["i", "j"]);
    },
  },
  {
    name: "feedback writes > a bad row in the middle stores nothing, not even users and items",
    run: async ({ store }) => {
      const bad = [
        feedback("click  i"),
        feedback("click u "),
        feedback(" u i"),
        feedback("click u i", { itemId: "x".repeat(257) }),
        feedback("click u i", { value: Number.NaN }),
        feedback("click u i", { timestampMs: Number.POSITIVE_INFINITY }),
      ];
      for (const row of bad) {
        const rows = [feedback("click a a"), row, feedback("click b b")];
        await expect(store.feedback.upsert(rows, { mode: "sum" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
      }
      expect([await store.feedback.count(), await store.users.count(), await store.items.count()]).toEqual([0, 0, 0]);
    },
  },
  {
    name: "feedback writes > awkward ids make keys of their own",
    run: async ({ store: { feedback: rows } }) => {
      const all = AWKWARD_IDS.flatMap((userId) =>
        AWKWARD_IDS.map((itemId) => ({ ...feedback("click"), userId, itemId, comment: `${userId}|${itemId}` })),
      );
      await rows.upsert(all, { mode: "overwrite" });
      expect(await rows.count()).toBe(AWKWARD_IDS.length ** 2);
      expect(await collect(rows.scan({ order: "user", batchSize: 50 }))).toEqual(all);
    },
  },
  {
    name: "feedback writes > many calls at once, from two openings of the store, lose no addition",
    run: async ({ store, open }) => {
      const other = await open();
      try {
        const users = numberedIds("u", 10);
        const calls = Array.from({ length: 60 }, (_, call) => {
          const rows = users.map((userId) => feedback(`click ${userId} i`));
          // Every other call writes in the opposite order, which is what deadlocks stores that lock row by row.
          const ordered = call % 2 === 0 ? rows : rows.toReversed();
          return (call % 3 === 0 ? other : store).feedback.upsert(ordered, { mode: "sum" });
        });
        await Promise.all(calls);
        expect((await store.feedback.ofItems(["i"]))[0]?.map((row) => row.value)).toEqual(users.map(() => 60));
      } finally {
        await other.close();
      }
    },
  },
  {
    name: "feedback writes > a refused call does not touch those made at the same time",
    run: async ({ store }) => {
      const aborted = AbortSignal.abort();
      const results = await Promise.allSettled([
        store.feedback.upsert([feedback("click a i")], { mode: "sum" }),
        store.feedback.upsert([feedback("click b i")], { mode: "sum", signal: aborted }),
        store.feedback.upsert([feedback("click c i", { value: Number.NaN })], { mode: "sum" }),
        store.feedback.upsert([feedback("click d i")], { mode: "sum" }),
      ]);
      expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
      expect((await store.feedback.ofItems(["i"]))[0]?.map((row) => row.userId)).toEqual(["a", "d"]);
    },
  },
];
