import { expect, it } from "vitest";
import type { RankedList } from "./cache-store.ts";
import { KeptLists } from "./kept-lists.ts";

function listOf(numEntries: number): RankedList {
  const entry = { id: "a", score: 1, categories: [], sources: [] };
  return { entries: new Array(numEntries).fill(entry), updatedMs: 0, digest: "", modelId: "" };
}

it("keeps the last used lists, bounded by their entries", () => {
  const lists = new KeptLists<number>();
  const put = (key: string) => lists.set(key, { stamp: 1, list: listOf(90_000), expiresMs: 0 });
  put("a");
  put("b");
  expect(lists.get("a")?.stamp).toBe(1);
  put("c");
  expect(["a", "b", "c"].map((key) => lists.get(key) !== undefined)).toEqual([true, false, true]);
  lists.delete("a");
  expect(lists.get("a")).toBe(undefined);
});
