import { expect } from "vitest";
import type { DataStoreContext } from "./describe-data-store.ts";
import { AWKWARD_IDS, collect, collectPages, feedback, numberedIds, user } from "./fixtures.ts";
import type { ConformanceTest } from "./suite.ts";

export const userTests: readonly ConformanceTest<DataStoreContext>[] = [
  {
    name: "users > every field comes back as it went in",
    run: async ({ store: { users } }) => {
      const labels = { tags: ["a", "b"], nested: { deep: { n: 1.5 } }, vector: [0.25, -3], text: "ü😀\"'\\", none: null };
      const rows = [user("a", { labels, comment: "a 'quoted' comment 😀" }), user("b"), user("c", { labels: "" })];
      await users.upsert(rows);
      expect(await users.get(["a", "b", "c"])).toEqual(rows);
      expect(await users.count()).toBe(3);
    },
  },
  {
    name: "users > rows are aligned with the ids asked for, also with thousands of them",
    run: async ({ store: { users } }) => {
      const ids = numberedIds("u", 2500);
      await users.upsert(ids.map((id) => user(id)));
      const asked = ids.toReversed().flatMap((id) => [id, `${id}?`]);
      const rows = await users.get(asked);
      expect(rows.map((row) => row?.userId)).toEqual(asked.map((id) => (id.endsWith("?") ? undefined : id)));
      expect(await users.get([])).toEqual([]);
      expect((await users.get(["u0001", "u0001"])).map((row) => row?.userId)).toEqual(["u0001", "u0001"]);
    },
  },
  {
    name: "users > an upsert replaces the whole row, and the last row of an id wins",
    run: async ({ store: { users } }) => {
      await users.upsert([user("a", { labels: { x: 1 }, comment: "old" })]);
      await users.upsert([user("a", { labels: { x: 2 } }), user("a", { comment: "last" })]);
      expect(await users.get(["a"])).toEqual([user("a", { comment: "last" })]);
      expect(await users.count()).toBe(1);
    },
  },
  {
    name: "users > awkward ids keep apart and in the order of their UTF-8 bytes",
    run: async ({ store: { users } }) => {
      await users.upsert(AWKWARD_IDS.toReversed().map((id) => user(id, { comment: `<${id}>` })));
      expect((await users.list({ limit: 100 })).rows.map((row) => row.userId)).toEqual(AWKWARD_IDS);
      expect((await collect(users.scan({ batchSize: 3 }))).map((row) => row.userId)).toEqual(AWKWARD_IDS);
      expect((await users.get(AWKWARD_IDS)).map((row) => row?.comment)).toEqual(AWKWARD_IDS.map((id) => `<${id}>`));
    },
  },
  {
    name: "users > ids that no store can hold are refused, and nothing of the call is stored",
    run: async ({ store: { users } }) => {
      for (const bad of ["", "x".repeat(257), "a\0b", "\uD800"]) {
        const rows = [user("good"), user(bad), user("after")];
        await expect(users.upsert(rows)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
        await expect(users.get([bad])).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
        await expect(users.delete([bad])).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
        await expect(users.patch(bad, {})).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
      }
      expect(await users.count()).toBe(0);
      const longest = "é".repeat(256);
      await users.upsert([user(longest)]);
      expect(await users.get([longest])).toEqual([user(longest)]);
    },
  },
  {
    name: "users > a patch keeps absent fields and creates nothing",
    run: async ({ store: { users } }) => {
      await users.upsert([user("a", { labels: { x: 1 }, comment: "c" })]);
      expect(await users.patch("a", { comment: "d" })).toBe(true);
      expect(await users.get(["a"])).toEqual([user("a", { labels: { x: 1 }, comment: "d" })]);
      expect(await users.patch("a", { labels: null })).toBe(true);
      expect(await users.patch("a", {})).toBe(true);
      expect(await users.get(["a"])).toEqual([user("a", { comment: "d" })]);
      expect(await users.patch("b", { comment: "d" })).toBe(false);
      expect(await users.count()).toBe(1);
    },
  },
  {
    name: "users > deleting users deletes their feedback and nobody else's",
    run: async ({ store }) => {
      await store.feedback.upsert([feedback("click a i"), feedback("click a j"), feedback("click b i"), feedback("like c i")], {
        mode: "sum",
      });
      expect(await store.users.delete(["a", "c", "nobody", "a"])).toBe(2);
      expect((await collect(store.users.scan())).map((row) => row.userId)).toEqual(["b"]);
      expect(await collect(store.feedback.scan({ order: "user" }))).toEqual([feedback("click b i")]);
      expect(await store.feedback.ofItems(["i"])).toEqual([[feedback("click b i")]]);
      expect(await store.items.count()).toBe(2);
    },
  },
  {
    name: "users > pages cover all rows once and name the first row of the next page",
    run: async ({ store: { users } }) => {
      const ids = numberedIds("u", 25);
      await users.upsert(ids.map((id) => user(id)));
      expect(await users.list({ limit: 0 })).toEqual({ rows: [], next: "u0000" });
      expect((await users.list({ limit: 10 })).next).toBe("u0010");
      expect((await users.list({ limit: 25 })).next).toBe(undefined);
      expect((await users.list({ limit: 5, from: "u0024" })).rows.map((row) => row.userId)).toEqual(["u0024"]);
      expect(await users.list({ limit: 5, from: "v" })).toEqual({ rows: [], next: undefined });
      const rows = await collectPages<{ userId: string }, string>((from) => users.list({ limit: 7, from }));
      expect(rows.map((row) => row.userId)).toEqual(ids);
    },
  },
  {
    name: "users > paging while others insert neither repeats nor loses rows that were there before",
    run: async ({ store: { users } }) => {
      const ids = numberedIds("u", 20);
      await users.upsert(ids.map((id) => user(id)));
      let inserted = 0;
      const rows = await collectPages<{ userId: string }, string>(async (from) => {
        const page = await users.list({ limit: 3, from });
        await users.upsert([user(`a${inserted}`), user(`u0010-${inserted++}`)]);
        return page;
      });
      const seen = rows.map((row) => row.userId);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.filter((id) => ids.includes(id))).toEqual(ids);
    },
  },
  {
    name: "users > a scan gives all rows in order, in batches no larger than asked for",
    run: async ({ store: { users } }) => {
      const ids = numberedIds("u", 23);
      await users.upsert(ids.map((id) => user(id)));
      for (const batchSize of [1, 5, 23, 1000]) {
        const sizes: number[] = [];
        const seen: string[] = [];
        for await (const batch of users.scan({ batchSize })) {
          sizes.push(batch.length);
          for (const row of batch) seen.push(row.userId);
        }
        expect(seen).toEqual(ids);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(batchSize);
        expect(Math.min(...sizes)).toBeGreaterThan(0);
      }
    },
  },
];
