import { expect } from "vitest";
import type { CacheStoreContext } from "./describe-cache-store.ts";
import { AWKWARD_IDS, numberedIds, T0 } from "./fixtures.ts";
import type { ConformanceTest } from "./suite.ts";

export const cacheValueTests: readonly ConformanceTest<CacheStoreContext>[] = [
  {
    name: "values > aligned with the keys, replaced, deleted",
    run: async ({ store }) => {
      await store.putValues({ a: "1", b: "", c: '{"x":"ü😀\'"}' });
      await store.putValues({ a: "2" });
      await store.putValues({});
      expect(await store.getValues(["c", "x", "a", "b", "a"])).toEqual(['{"x":"ü😀\'"}', undefined, "2", "", "2"]);
      await store.deleteValues(["a", "unknown"]);
      expect(await store.getValues(["a", "b"])).toEqual([undefined, ""]);
      expect(await store.getValues([])).toEqual([]);
    },
  },
  {
    name: "values > awkward and thousands of keys",
    run: async ({ store }) => {
      const keys = [...AWKWARD_IDS, ...numberedIds("k", 1500)];
      await store.putValues(Object.fromEntries(keys.map((key) => [key, `<${key}>`])));
      expect(await store.getValues(keys)).toEqual(keys.map((key) => `<${key}>`));
    },
  },
  {
    name: "values > a bad key refuses the whole call",
    run: async ({ store }) => {
      await expect(store.putValues({ good: "1", "": "2" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
      expect(await store.getValues(["good"])).toEqual([undefined]);
    },
  },
  {
    name: "time series > in time order, both ends inclusive, the same time replaced",
    run: async ({ store }) => {
      const point = (timestampMs: number, value: number, name = "a") => ({ name, timestampMs, value });
      await store.addPoints([point(T0 + 3, 3), point(T0 + 1, 1), point(T0 + 2, 2.5), point(T0 + 2, 9, "b")]);
      await store.addPoints([point(T0 + 3, 33), point(T0 + 4, 4)]);
      expect(await store.getPoints({ name: "a", beginMs: T0 + 2, endMs: T0 + 3 })).toEqual([
        point(T0 + 2, 2.5),
        point(T0 + 3, 33),
      ]);
      expect((await store.getPoints({ name: "a", beginMs: 0, endMs: 2 * T0 })).map((one) => one.value)).toEqual([
        1, 2.5, 33, 4,
      ]);
      expect(await store.getPoints({ name: "c", beginMs: 0, endMs: 2 * T0 })).toEqual([]);
    },
  },
  {
    name: "time series > buckets give their last point under their start",
    run: async ({ store }) => {
      const start = Math.ceil(T0 / 1000) * 1000;
      const times = [0, 400, 999, 1000, 3500, 3600];
      await store.addPoints(times.map((time) => ({ name: "a", timestampMs: start + time, value: time })));
      const points = await store.getPoints({ name: "a", beginMs: start, endMs: start + 3550, bucketMs: 1000 });
      expect(points).toEqual([
        { name: "a", timestampMs: start, value: 999 },
        { name: "a", timestampMs: start + 1000, value: 1000 },
        { name: "a", timestampMs: start + 3000, value: 3500 },
      ]);
    },
  },
  {
    name: "time series > bad points and buckets without width are refused",
    run: async ({ store }) => {
      const refused = { code: "INVALID_ARGUMENT" };
      const good = { name: "a", timestampMs: T0, value: 1 };
      for (const bad of [{ name: "" }, { timestampMs: 0.5 }, { value: Number.NaN }]) {
        await expect(store.addPoints([good, { ...good, ...bad }])).rejects.toMatchObject(refused);
      }
      const query = { name: "a", beginMs: 0, endMs: 2 * T0 };
      expect(await store.getPoints(query)).toEqual([]);
      for (const bad of [{ name: "" }, { bucketMs: 0 }, { bucketMs: Number.NaN }]) {
        await expect(store.getPoints({ ...query, ...bad })).rejects.toMatchObject(refused);
      }
    },
  },
];
