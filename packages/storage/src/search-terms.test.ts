import type { Item } from "@furze/core";
import { describe, expect, test } from "vitest";
import { checkSearchColumns, type SearchColumn } from "./item-search.ts";
import { itemTerms, queryTerms } from "./search-terms.ts";

const ITEM: Item = {
  itemId: "toy-1",
  isHidden: false,
  categories: ["For Kids", "3D"],
  timestampMs: 0,
  labels: { cast: ["Tom Hanks", { role: "Woody" }], year: 1995, embedding: [0.25, 7], seen: true, crew: null },
  comment: "Toy Story (1995)",
};

const terms = (...columns: SearchColumn[]): string => itemTerms(ITEM, columns).join(" ");

describe("terms of an item", () => {
  test("come from the columns, in their order", () => {
    expect(terms("itemId")).toBe("toy 1");
    expect(terms("categories", "comment")).toBe("for kids 3d toy story 1995");
    expect(terms()).toBe("");
  });

  test("of labels are all texts and numbers but not embeddings", () => {
    expect(terms("labels")).toBe("tom hanks woody 1995");
    expect(terms("labels.cast")).toBe("tom hanks woody");
    expect(terms("labels.year.digits", "labels.embedding", "labels.seen", "labels.crew", "labels.none")).toBe("");
    expect(terms("labels.toString", "labels.__proto__")).toBe("");
  });

  test("are bounded in number and length", () => {
    const long = { ...ITEM, comment: `${"é".repeat(100)} ${"a".repeat(100)} ${"w ".repeat(20_000)}` };
    const found = itemTerms(long, ["comment"]);
    expect(found.length).toBe(4096);
    expect(found.slice(0, 3)).toEqual(["e".repeat(48), "a".repeat(48), "w"]);
  });
});

describe("terms of a query", () => {
  test("lose case, accents and compatibility forms", () => {
    expect(queryTerms("Amélie ＴＯＹ ﬁn ΣΊΣΥΦΟΣ Й İstanbul")).toEqual(["amelie", "toy", "fin", "σισυφοσ", "и", "istanbul"]);
  });

  test("of scripts without spaces are pairs, or the one character", () => {
    expect(queryTerms("千と千尋")).toEqual(["千と", "と千", "千尋"]);
    expect(queryTerms("猫")).toEqual(["猫"]);
    expect(queryTerms("ラーメン2店")).toEqual(["ラー", "ーメ", "メン", "2", "店"]);
    expect(itemTerms({ ...ITEM, comment: "黒猫" }, ["comment"])).toEqual(["黒", "猫", "黒猫"]);
  });

  test("are none in signs, spaces and broken text", () => {
    expect(queryTerms(" \t\n\u3000\"'*:()-|&!\0\uD800 、。")).toEqual([]);
  });

  test("keep vowel signs with their letters", () => {
    expect(queryTerms("हिन्दी")).toEqual(["हिन्दी"]);
  });

  test("stand once each and end after 64", () => {
    expect(queryTerms("b a B")).toEqual(["b", "a"]);
    expect(queryTerms(Array.from({ length: 100 }, (_, index) => `w${index}`).join(" ")).length).toBe(64);
  });
});

test("columns are checked and put in order", () => {
  expect(checkSearchColumns(["labels.a.b", "comment", "comment"])).toEqual(["comment", "labels.a.b"]);
  for (const bad of ["", "title", "labels.", "labels..a", "comment.a"])
    expect(() => checkSearchColumns([bad])).toThrow(/no column/);
});
