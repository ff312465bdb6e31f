import { expect } from "vitest";
import type { DataStore } from "../data-store.ts";
import type { DataStoreContext } from "./describe-data-store.ts";
import { feedback, item, numberedIds } from "./fixtures.ts";
import type { ConformanceTest } from "./suite.ts";

const FILMS = [
  item("1", { comment: "Toy Story", categories: ["Animation", "For Kids"] }),
  item("2", { comment: "The Story of Us", labels: { cast: ["Bruce Willis"], year: 1999 }, isHidden: true }),
  item("3", { comment: "Up", labels: { cast: ["Ed Asner"], about: { cast: "balloons" } } }),
  item("4", { comment: "Das fabelhafte AMÉLIE-Märchen" }),
  item("5", { comment: "千と千尋の神隠し" }),
];

async function find({ itemSearch }: DataStore, query: string, limit = 100): Promise<string> {
  return (await itemSearch.search({ query, limit })).map((row) => row.itemId).join(" ");
}

export const searchTests: readonly ConformanceTest<DataStoreContext>[] = [
  {
    name: "search > any of the words finds an item, more of them come first, hidden items too, whole rows",
    run: async ({ store }) => {
      await store.itemSearch.index(["comment"]);
      await store.items.upsert(FILMS);
      expect(await find(store, "toy story")).toBe("1 2");
      expect(await store.itemSearch.search({ query: "us", limit: 10 })).toEqual([FILMS[1]]);
      expect(await find(store, "nothing")).toBe("");
    },
  },
  {
    name: "search > limit, and queries without a word",
    run: async ({ store }) => {
      await store.itemSearch.index(["comment"]);
      await store.items.upsert(FILMS);
      expect(await find(store, "toy story", 1)).toBe("1");
      expect(await find(store, "toy story", 0)).toBe("");
      for (const query of ["", " ", "\t\n", '"', "*", "-+|&!():'", "\0", "\uD800"]) expect(await find(store, query)).toBe("");
      await expect(store.itemSearch.search({ query: "toy", limit: -1 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    },
  },
  {
    name: "search > equal items come in id order, also when all of them match",
    run: async ({ store }) => {
      await store.itemSearch.index(["comment"]);
      await store.items.upsert(["b", "a", "é", "Z", "c"].map((id) => item(id, { comment: "same text" })));
      expect(await find(store, "same")).toBe("Z a b c é");
      expect(await find(store, "same other text", 2)).toBe("Z a");
    },
  },
  {
    name: "search > operators and quotes are plain text",
    run: async ({ store }) => {
      await store.itemSearch.index(["comment"]);
      await store.items.upsert(FILMS);
      for (const query of [
        '"toy',
        "toy*",
        "toy'; DROP TABLE items; --",
        "comment:toy",
        "-toy",
        "(toy",
        "toy:*",
        "!toy",
        "\\toy",
      ]) {
        expect(await find(store, query)).toBe("1");
      }
      expect(await find(store, "to*")).toBe("");
      expect(await find(store, "{toy} NEAR/2 NOT story AND x")).toBe("1 2");
    },
  },
  {
    name: "search > short words, common words, case, accents and scripts without spaces",
    run: async ({ store }) => {
      await store.itemSearch.index(["comment"]);
      await store.items.upsert(FILMS);
      expect(await find(store, "UP")).toBe("3");
      expect(await find(store, "of")).toBe("2");
      expect(await find(store, "the")).toBe("2");
      expect(await find(store, "amelie")).toBe("4");
      expect(await find(store, "MÄRCHEN")).toBe("4");
      expect(await find(store, "千尋")).toBe("5");
      expect(await find(store, "尋")).toBe("5");
      expect(await find(store, "千年")).toBe("");
      expect(await find(store, "story")).not.toContain("5");
    },
  },
  {
    name: "search > looks into its columns only, and into others once they are set",
    run: async ({ store }) => {
      await store.itemSearch.index(["itemId", "labels.cast"]);
      await store.items.upsert(FILMS);
      expect(await find(store, "story")).toBe("");
      expect((await find(store, "4 willis")).split(" ").sort()).toEqual(["2", "4"]);
      expect(await find(store, "balloons 1999")).toBe("");
      await store.itemSearch.index(["labels", "categories"]);
      expect(await find(store, "4")).toBe("");
      expect(await find(store, "balloons")).toBe("3");
      expect(await find(store, "1999")).toBe("2");
      expect(await find(store, "kids")).toBe("1");
      await store.itemSearch.index([]);
      expect(await find(store, "kids")).toBe("");
      await expect(store.itemSearch.index(["labels.."])).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    },
  },
  {
    name: "search > follows every change of an item",
    run: async ({ store }) => {
      await store.itemSearch.index(["comment", "categories"]);
      await store.items.upsert(FILMS);
      await store.items.patch("1", { comment: "renamed" });
      expect(await find(store, "toy story")).toBe("2");
      expect(await find(store, "renamed")).toBe("1");
      expect(await find(store, "kids")).toBe("1");
      await store.items.addCategory("2", "drama");
      await store.items.removeCategory("1", "For Kids");
      expect(await find(store, "drama kids")).toBe("2");
      await store.items.upsert([item("2", { comment: "replaced" })]);
      expect(await find(store, "us drama")).toBe("");
      await store.items.delete(["2", "none"]);
      expect(await find(store, "replaced")).toBe("");
      await store.items.upsert([item("2", { comment: "back" })]);
      expect(await find(store, "replaced back")).toBe("2");
      await store.purge();
      expect(await find(store, "back renamed")).toBe("");
      await store.items.upsert([item("6", { comment: "after the purge" })]);
      expect(await find(store, "purge")).toBe("6");
    },
  },
  {
    name: "search > finds items from before it was set, and those that feedback created once it is set again",
    run: async ({ store }) => {
      await store.items.upsert(numberedIds("i", 2500).map((id) => item(id, { comment: `word${id} shared` })));
      await store.itemSearch.index(["comment", "itemId"]);
      expect(await find(store, "wordi0000")).toBe("i0000");
      expect(await find(store, "wordi2499")).toBe("i2499");
      expect((await store.itemSearch.search({ query: "shared", limit: 3000 })).length).toBe(2500);
      await store.feedback.upsert([feedback("click a fresh")], { mode: "sum" });
      await store.itemSearch.index(["itemId", "comment"]);
      expect(await find(store, "fresh")).toBe("fresh");
    },
  },
  {
    name: "search > what one process sets and writes, another finds",
    run: async ({ store, open }) => {
      await store.itemSearch.index(["comment"]);
      const other = await open();
      try {
        await other.items.upsert(FILMS);
        expect(await find(store, "toy")).toBe("1");
        await other.itemSearch.index(["categories"]);
        await store.items.upsert([item("7", { comment: "toy", categories: ["Animation"] })]);
        expect(await find(other, "toy")).toBe("");
        expect((await find(other, "animation")).split(" ").sort()).toEqual(["1", "7"]);
      } finally {
        await other.close();
      }
    },
  },
  {
    name: "search > long texts, long words and long queries",
    run: async ({ store }) => {
      await store.itemSearch.index(["comment"]);
      const words = numberedIds("w", 4000);
      const long = "x".repeat(3000);
      await store.items.upsert([
        item("long", { comment: words.join(" ") }),
        item("wide", { comment: `${long} ${"ж".repeat(3000)}` }),
      ]);
      expect(await find(store, "w3999")).toBe("long");
      expect(await find(store, long)).toBe("wide");
      expect(await find(store, "ж".repeat(3000))).toBe("wide");
      expect(await find(store, words.join(" "))).toBe("long");
    },
  },
  {
    name: "search > an aborted call ends with AbortError",
    run: async ({ store }) => {
      const aborted = { signal: AbortSignal.abort() };
      await expect(store.itemSearch.index(["comment"], aborted)).rejects.toMatchObject({ code: "ABORTED" });
      await expect(store.itemSearch.search({ query: "a", limit: 1, ...aborted })).rejects.toMatchObject({ code: "ABORTED" });
    },
  },
];
