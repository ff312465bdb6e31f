import { expect } from "vitest";
import type { OverlayPut } from "../cache-store.ts";
import type { CacheStoreContext } from "./describe-cache-store.ts";
import { T0 } from "./fixtures.ts";
import type { ConformanceTest } from "./suite.ts";

function change(itemId: string, fields: Partial<OverlayPut> = {}): OverlayPut {
  return { itemId, isHidden: false, categories: undefined, changedMs: T0, expiresMs: T0 + 1000, ...fields };
}

export const cacheOverlayTests: readonly ConformanceTest<CacheStoreContext>[] = [
  {
    name: "overlay > each put raises the version, which reads of lists report",
    run: async ({ store }) => {
      const start = (await store.getLists([])).overlayVersion;
      const first = await store.putOverlay([change("a"), change("b")]);
      const second = await store.putOverlay([change("c")]);
      expect(first).toBeGreaterThan(start);
      expect(second).toBeGreaterThan(first);
      expect((await store.getLists([{ collection: "recommend", name: "u" }])).overlayVersion).toBe(second);
    },
  },
  {
    name: "overlay > the difference since a version",
    run: async ({ store }) => {
      const entries = [
        change("a", { isHidden: true }),
        change("b/😀", { categories: ["x", "y"] }),
        change("c", { categories: [] }),
      ];
      const first = await store.putOverlay(entries.slice(0, 2));
      const second = await store.putOverlay(entries.slice(2));
      const all = await store.getOverlay(0);
      expect(all.version).toBe(second);
      expect(all.entries.toSorted((a, b) => (a.itemId < b.itemId ? -1 : 1))).toEqual(entries);
      expect(await store.getOverlay(first)).toEqual({ version: second, entries: entries.slice(2) });
      expect(await store.getOverlay(second)).toEqual({ version: second, entries: [] });
    },
  },
  {
    name: "overlay > a second change of an item keeps the categories of the first unless it has its own",
    run: async ({ store }) => {
      await store.putOverlay([change("a", { categories: ["x"], changedMs: T0 + 5, expiresMs: T0 + 2000 })]);
      await store.putOverlay([change("a", { isHidden: true, changedMs: T0 + 3 })]);
      const merged = change("a", { isHidden: true, categories: ["x"], changedMs: T0 + 5, expiresMs: T0 + 2000 });
      expect((await store.getOverlay(0)).entries).toEqual([merged]);
      await store.putOverlay([change("a", { categories: ["y"], changedMs: T0 + 9, expiresMs: T0 + 3000 })]);
      expect((await store.getOverlay(0)).entries).toEqual([
        change("a", { categories: ["y"], changedMs: T0 + 9, expiresMs: T0 + 3000 }),
      ]);
    },
  },
  {
    name: "overlay > entries expire, the version stays",
    run: async ({ store, clock }) => {
      const version = await store.putOverlay([change("a"), change("b", { expiresMs: T0 + 5000 })]);
      clock.advance(1000);
      expect(await store.getOverlay(0)).toEqual({ version, entries: [change("b", { expiresMs: T0 + 5000 })] });
      expect(await store.collectGarbage()).toBe(1);
      clock.advance(9000);
      expect(await store.collectGarbage()).toBe(1);
      expect(await store.getOverlay(0)).toEqual({ version, entries: [] });
      expect(await store.putOverlay([change("a")])).toBeGreaterThan(version);
    },
  },
  {
    name: "overlay > a purge does not lower the version",
    run: async ({ store }) => {
      const version = await store.putOverlay([change("a")]);
      await store.purge();
      expect((await store.getOverlay(0)).entries).toEqual([]);
      expect((await store.getLists([])).overlayVersion).toBeGreaterThanOrEqual(version);
    },
  },
  {
    name: "overlay > puts at the same time from two openings get versions of their own",
    run: async ({ store, open }) => {
      const other = await open();
      try {
        const puts = Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? store : other).putOverlay([change(`item-${index}`)]),
        );
        const versions = await Promise.all(puts);
        expect(new Set(versions).size).toBe(20);
        expect((await store.getOverlay(Math.max(...versions) - 1)).entries.length).toBe(1);
      } finally {
        await other.close();
      }
    },
  },
];
