import { type Item, ZERO_TIME_MS } from "@furze/core";
import { expect } from "vitest";
import type { LatestItemsOptions } from "../data-store.ts";
import type { DataStoreContext } from "./describe-data-store.ts";
import { item, T0 } from "./fixtures.ts";
import type { ConformanceTest } from "./suite.ts";

const ITEMS: readonly Item[] = [
  item("a", { timestampMs: T0 + 1, categories: ["x"] }),
  item("b", { timestampMs: T0 + 3, categories: ["x", "y"] }),
  item("c", { timestampMs: T0 + 2, categories: ["y"] }),
  item("d", { timestampMs: T0 + 2, categories: ["x", "y", "z"] }),
  item("é", { timestampMs: T0 + 2 }),
  item("hidden", { timestampMs: T0 + 9, categories: ["x"], isHidden: true }),
  item("never", { timestampMs: ZERO_TIME_MS, categories: ["x"] }),
];

async function latest({ store }: DataStoreContext, options: Partial<LatestItemsOptions> = {}): Promise<string> {
  return (await store.items.latest({ limit: 100, ...options })).map((row) => row.itemId).join(" ");
}

export const latestTests: readonly ConformanceTest<DataStoreContext>[] = [
  {
    name: "latest > visible items, newest first, equal times in descending id order, whole rows",
    run: async (context) => {
      await context.store.items.upsert(ITEMS);
      expect(await latest(context)).toBe("b é d c a never");
      expect((await context.store.items.latest({ limit: 1 }))[0]).toEqual(ITEMS[1]);
    },
  },
  {
    name: "latest > limit, offset, excluded items and a time bound",
    run: async (context) => {
      await context.store.items.upsert(ITEMS);
      expect(await latest(context, { limit: 0 })).toBe("");
      expect(await latest(context, { limit: 2 })).toBe("b é");
      expect(await latest(context, { limit: 2, offset: 1 })).toBe("é d");
      expect(await latest(context, { limit: 2, offset: 1, exclude: new Set(["b", "d", "other"]) })).toBe("c a");
      expect(await latest(context, { limit: 2, offset: 10 })).toBe("");
      expect(await latest(context, { sinceMs: T0 + 2 })).toBe("b é d c");
    },
  },
  {
    name: "latest > items that carry all of the categories",
    run: async (context) => {
      await context.store.items.upsert(ITEMS);
      expect(await latest(context, { categories: [] })).toBe("b é d c a never");
      expect(await latest(context, { categories: ["x"] })).toBe("b d a never");
      expect(await latest(context, { categories: ["x", "y"] })).toBe("b d");
      expect(await latest(context, { categories: ["y", "z", "x", "y"] })).toBe("d");
      expect(await latest(context, { categories: ["x", "none"] })).toBe("");
      expect(await latest(context, { categories: ["x"], sinceMs: T0 + 2, exclude: new Set(["b"]) })).toBe("d");
      expect(await latest(context, { categories: ["x"], limit: 1, offset: 1 })).toBe("d");
    },
  },
  {
    name: "latest > follows every change of an item",
    run: async (context) => {
      const { items } = context.store;
      await items.upsert(ITEMS);
      await items.patch("hidden", { isHidden: false });
      await items.patch("b", { isHidden: true });
      await items.patch("a", { timestampMs: T0 + 20 });
      await items.patch("c", { categories: ["x"] });
      expect(await latest(context, { categories: ["x"] })).toBe("a hidden d c never");
      await items.addCategory("é", "x");
      await items.removeCategory("a", "x");
      await items.delete(["d"]);
      await items.upsert([item("c", { timestampMs: T0 + 30, categories: ["x"] })]);
      expect(await latest(context, { categories: ["x"] })).toBe("c hidden é never");
      expect(await latest(context, { categories: ["y"] })).toBe("");
      expect(await latest(context)).toBe("c a hidden é never");
    },
  },
];
