import { expect, test } from "vitest";
import type { OverlayDelta, OverlayEntry, RankedList } from "./cache-store.ts";
import { ItemOverlay } from "./item-overlay.ts";

const LIST: RankedList = {
  entries: ["a", "b", "c"].map((id) => ({ id, score: 1, categories: ["old"], sources: ["latest"] })),
  updatedMs: 100,
  digest: "",
  modelId: "",
};

function change(itemId: string, fields: Partial<OverlayEntry> = {}): OverlayEntry {
  return { itemId, isHidden: false, categories: undefined, changedMs: 200, expiresMs: 1000, ...fields };
}

/** The overlay part of a cache, in memory: entry n has version n + 1. */
class Overlays {
  readonly asked: number[] = [];
  entries: OverlayEntry[] = [];

  async getOverlay(sinceVersion: number): Promise<OverlayDelta> {
    this.asked.push(sinceVersion);
    return { version: this.entries.length, entries: this.entries.slice(sinceVersion) };
  }
}

test("hidden items are dropped and categories replaced, unless the list is younger than the change", async () => {
  const cache = new Overlays();
  cache.entries = [change("a", { isHidden: true }), change("b", { categories: ["new"] }), change("c")];
  const overlay = new ItemOverlay();
  await overlay.refresh(cache, 3);
  expect(overlay.apply(LIST).map((entry) => [entry.id, entry.categories])).toEqual([
    ["b", ["new"]],
    ["c", ["old"]],
  ]);
  expect(overlay.apply({ ...LIST, updatedMs: 200 })).toBe(LIST.entries);
  expect(overlay.apply({ ...LIST, updatedMs: 199 }).length).toBe(2);
});

test("only the difference is fetched, and nothing when the version seen is the one held", async () => {
  const cache = new Overlays();
  cache.entries = [change("a", { isHidden: true })];
  const overlay = new ItemOverlay();
  await overlay.refresh(cache, 1);
  await overlay.refresh(cache, 1);
  expect(cache.asked).toEqual([0]);
  cache.entries.push(change("a", { isHidden: false, changedMs: 300 }));
  await Promise.all([overlay.refresh(cache, 2), overlay.refresh(cache, 2), overlay.refresh(cache, 2)]);
  expect(cache.asked).toEqual([0, 1]);
  expect(overlay.version).toBe(2);
  expect(overlay.apply(LIST)).toBe(LIST.entries);
});

test("a version that has fallen means another cache: what was held is forgotten", async () => {
  const cache = new Overlays();
  cache.entries = [change("a", { isHidden: true }), change("b", { isHidden: true })];
  const overlay = new ItemOverlay();
  await overlay.refresh(cache, 2);
  cache.entries = [change("c", { isHidden: true })];
  await overlay.refresh(cache, 1);
  expect(overlay.apply(LIST).map((entry) => entry.id)).toEqual(["a", "b"]);
  expect([overlay.version, overlay.size]).toEqual([1, 1]);
});

test("expired entries are forgotten", async () => {
  const cache = new Overlays();
  cache.entries = [change("a", { isHidden: true, expiresMs: 500 }), change("b", { isHidden: true, expiresMs: 900 })];
  const overlay = new ItemOverlay();
  await overlay.refresh(cache, 2);
  expect(overlay.prune(500)).toBe(1);
  expect(overlay.apply(LIST).map((entry) => entry.id)).toEqual(["a", "c"]);
  expect(overlay.prune(900)).toBe(1);
  expect(overlay.apply(LIST)).toBe(LIST.entries);
  expect(overlay.size).toBe(0);
});

test("a listener gets what each fetch brought, and a failed fetch is tried again", async () => {
  const cache = new Overlays();
  const seen: string[][] = [];
  const overlay = new ItemOverlay((entries) => seen.push(entries.map((entry) => entry.itemId)));
  await expect(overlay.refresh({ getOverlay: () => Promise.reject(new Error("down")) }, 1)).rejects.toThrow("down");
  cache.entries = [change("a")];
  await overlay.refresh(cache, 1);
  cache.entries.push(change("b"));
  await overlay.refresh(cache, 2);
  expect(seen).toEqual([["a"], ["b"]]);
});
