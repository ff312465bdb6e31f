import { expect } from "vitest";
import type { CacheStoreContext } from "./describe-cache-store.ts";
import { collect, T0 } from "./fixtures.ts";
import type { ConformanceTest } from "./suite.ts";

const LIST = { entries: [], updatedMs: T0, digest: "", modelId: "" };
const PUT = { collection: "c", name: "n", list: LIST, expiresMs: T0 + 1000 };

export const cacheStoreTests: readonly ConformanceTest<CacheStoreContext>[] = [
  {
    name: "store > what was written is there after a reopening and for others at once",
    run: async ({ store, open }) => {
      const other = await open();
      await store.putLists([PUT]);
      expect((await other.getLists([PUT])).lists).toEqual([LIST]);
      await other.close();
      await store.putValues({ a: "1" });
      await store.close();
      const again = await open();
      try {
        await again.migrate();
        expect((await again.getLists([PUT])).lists).toEqual([LIST]);
        expect(await again.getValues(["a"])).toEqual(["1"]);
      } finally {
        await again.close();
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
    name: "store > purge deletes everything and leaves a working store",
    run: async ({ store }) => {
      await store.putLists([PUT]);
      await store.putValues({ a: "1" });
      await store.addPoints([{ name: "p", timestampMs: T0, value: 1 }]);
      await store.purge();
      expect((await store.getLists([PUT])).lists).toEqual([undefined]);
      expect(await collect(store.scanListNames("c"))).toEqual([]);
      expect(await store.getValues(["a"])).toEqual([undefined]);
      expect(await store.getPoints({ name: "p", beginMs: 0, endMs: 2 * T0 })).toEqual([]);
      await store.putLists([PUT]);
      expect((await store.getLists([PUT])).lists).toEqual([LIST]);
    },
  },
  {
    name: "store > writers at the same time from two openings lose nothing",
    run: async ({ store, open }) => {
      const other = await open();
      try {
        const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
        await Promise.all(
          names.map((name, index) =>
            (index % 2 === 0 ? store : other).putLists([
              { ...PUT, name },
              { ...PUT, name: `${name}+` },
            ]),
          ),
        );
        expect((await collect(store.scanListNames("c"))).length).toBe(80);
      } finally {
        await other.close();
      }
    },
  },
  {
    name: "store > close waits for calls in flight, may be repeated, and later calls fail",
    run: async ({ store }) => {
      const writing = store.putValues({ a: "1" });
      const reading = store.getLists([PUT]);
      await Promise.all([store.close(), store.close()]);
      await writing;
      expect((await reading).lists).toEqual([undefined]);
      await expect(store.ping()).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: false });
      await expect(store.putValues({ a: "2" })).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: false });
    },
  },
  {
    name: "store > an aborted signal ends calls before they do anything",
    run: async ({ store }) => {
      const options = { signal: AbortSignal.abort() };
      await expect(store.putLists([PUT], options)).rejects.toMatchObject({ code: "ABORTED" });
      await expect(store.getLists([PUT], options)).rejects.toMatchObject({ code: "ABORTED" });
      await expect(store.putValues({ a: "1" }, options)).rejects.toMatchObject({ code: "ABORTED" });
      await expect(collect(store.scanListNames("c", options))).rejects.toMatchObject({ code: "ABORTED" });
      expect((await store.getLists([PUT])).lists).toEqual([undefined]);
    },
  },
];
