import { expect } from "vitest";
import type { DataStoreContext } from "./describe-data-store.ts";
import { collect, feedback, item, numberedIds, user } from "./fixtures.ts";
import type { ConformanceTest } from "./suite.ts";

export const storeTests: readonly ConformanceTest<DataStoreContext>[] = [
  {
    name: "store > what was written is there after a reopening",
    run: async ({ store, open }) => {
      await store.users.upsert([user("u", { labels: { a: 1 } })]);
      await store.items.upsert([item("i", { categories: ["c"] })]);
      await store.feedback.upsert([feedback("click u i")], { mode: "sum" });
      await store.close();
      const again = await open();
      try {
        await again.migrate();
        expect(await again.users.get(["u"])).toEqual([user("u", { labels: { a: 1 } })]);
        expect((await again.items.latest({ limit: 1, categories: ["c"] }))[0]?.itemId).toBe("i");
        expect(await again.feedback.ofPair("u", "i")).toEqual([feedback("click u i")]);
      } finally {
        await again.close();
      }
    },
  },
  {
    name: "store > migrations at the same time from several openings agree",
    run: async ({ store, open }) => {
      const others = await Promise.all([open(), open(), open()]);
      try {
        await Promise.all([store, ...others].map((one) => one.migrate()));
        await store.users.upsert([user("u")]);
        for (const other of others) expect(await other.users.count()).toBe(1);
      } finally {
        await Promise.all(others.map((other) => other.close()));
      }
    },
  },
  {
    name: "store > the schema of a newer release is refused",
    run: async ({ openTooNew }) => {
      const store = await openTooNew();
      try {
        await expect(store.migrate()).rejects.toMatchObject({ code: "SCHEMA_TOO_NEW" });
      } finally {
        await store.close();
      }
    },
  },
  {
    name: "store > the data version, where there is one, is another after each write",
    run: async ({ store, open }) => {
      if (store.dataVersion === undefined) return;
      const other = await open();
      try {
        const row = feedback("click u i");
        const writes: (() => Promise<unknown>)[] = [
          () => store.feedback.upsert([row], { mode: "sum" }),
          () => other.feedback.upsert([{ ...row, value: row.value + 1 }], { mode: "overwrite" }),
          () => other.users.patch("u", { comment: "new" }),
          () => store.items.addCategory("i", "c"),
          () => other.feedback.deletePair("u", "i"),
          () => other.items.delete(["i"]),
        ];
        const seen = new Set([await store.dataVersion()]);
        for (const write of writes) {
          await write();
          seen.add(await store.dataVersion());
        }
        expect(seen.size).toBe(writes.length + 1);
      } finally {
        await other.close();
      }
    },
  },
  {
    name: "store > purge deletes everything and leaves a working store",
    run: async ({ store }) => {
      await store.items.upsert([item("i", { categories: ["c"] })]);
      await store.feedback.upsert([feedback("click u i")], { mode: "sum" });
      await store.purge();
      expect([await store.users.count(), await store.items.count(), await store.feedback.count()]).toEqual([0, 0, 0]);
      expect(await store.items.latest({ limit: 9, categories: ["c"] })).toEqual([]);
      expect(await collect(store.feedback.scan({ order: "item" }))).toEqual([]);
      await store.users.upsert([user("u")]);
      expect(await store.users.count()).toBe(1);
    },
  },
  {
    name: "store > close waits for calls in flight, may be repeated, and later calls fail",
    run: async ({ store, open }) => {
      const writing = store.users.upsert([user("u")]);
      const reading = [store.users.get(["v"]), store.items.get(["i"]), store.dataVersion?.()];
      await Promise.all([store.close(), store.close()]);
      await writing;
      expect((await Promise.all(reading)).slice(0, 2)).toEqual([[undefined], [undefined]]);
      await store.close();
      await expect(store.ping()).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: false });
      await expect(store.users.upsert([user("v")])).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: false });
      const again = await open();
      try {
        await again.ping();
        expect(await again.users.count()).toBe(1);
      } finally {
        await again.close();
      }
    },
  },
  {
    name: "store > an aborted signal ends calls before they do anything",
    run: async ({ store }) => {
      const options = { signal: AbortSignal.abort() };
      const aborted = { code: "ABORTED" };
      await expect(store.users.upsert([user("u")], options)).rejects.toMatchObject(aborted);
      await expect(store.items.patch("i", { isHidden: true }, options)).rejects.toMatchObject(aborted);
      await expect(store.users.get(["u"], options)).rejects.toMatchObject(aborted);
      await expect(store.items.latest({ limit: 1, ...options })).rejects.toMatchObject(aborted);
      await expect(collect(store.items.scan(options))).rejects.toMatchObject(aborted);
      await expect(store.feedback.ofUsers(["u"], options)).rejects.toMatchObject(aborted);
      expect(await store.users.count()).toBe(0);
    },
  },
  {
    name: "store > an abort in the middle of a bulk write stores nothing of it",
    run: async ({ store }) => {
      const controller = new AbortController();
      const rows = numberedIds("u", 9999).flatMap((id) => [feedback(`click ${id} i`), feedback(`like ${id} i`)]);
      const writing = store.feedback.upsert(rows, { mode: "sum", signal: controller.signal });
      setImmediate(() => controller.abort());
      await expect(writing).rejects.toMatchObject({ code: "ABORTED" });
      expect([await store.feedback.count(), await store.users.count(), await store.items.count()]).toEqual([0, 0, 0]);
    },
  },
  {
    name: "store > readers see a bulk write whole or not at all",
    run: async ({ store, open }) => {
      const other = await open();
      try {
        const writing = store.users.upsert(numberedIds("u", 5000).map((id) => user(id)));
        let isDone = false;
        const done = writing.finally(() => {
          isDone = true;
        });
        const counts = new Set<number>();
        while (!isDone) {
          counts.add(await store.users.count());
          counts.add(await other.users.count());
          await new Promise((resolve) => setImmediate(resolve));
        }
        await done;
        counts.add(await other.users.count());
        expect([...counts].filter((count) => count !== 0)).toEqual([5000]);
      } finally {
        await other.close();
      }
    },
  },
];
