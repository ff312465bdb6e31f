import fc from "fast-check";
import { expect, it } from "vitest";
import { ItemSet } from "./item-set.ts";

const indices = fc.array(fc.nat(3000), { maxLength: 40 });

it("holds each item once, where it comes first, but for those left out", () => {
  fc.assert(
    fc.property(indices, indices, (all, without) => {
      const left = new Set(without);
      const expected = [...new Set(all)].filter((index) => !left.has(index));
      const set = ItemSet.of(all, ItemSet.of(without));
      expect([...set]).toEqual(expected);
      expect([...set.indices]).toEqual(expected);
      expect(set.size).toBe(expected.length);
    }),
  );
});

it("knows its items however many other sets are asked in between", () => {
  fc.assert(
    fc.property(fc.array(indices, { minLength: 2, maxLength: 5 }), fc.array(fc.nat(3100)), (lists, asked) => {
      const sets = lists.map((list) => ItemSet.of(list));
      for (const index of asked) {
        for (const [place, set] of sets.entries()) expect(set.has(index)).toBe(lists[place]?.includes(index));
      }
      // Making another set is asking, too.
      for (const [place, set] of sets.entries()) {
        ItemSet.of(lists[0] ?? []);
        for (const index of asked) expect(set.has(index)).toBe(lists[place]?.includes(index));
      }
    }),
  );
});

it("copies what it is made of", () => {
  const indices = Int32Array.of(2, 1);
  const set = ItemSet.of(indices);
  indices[0] = 7;
  expect([...set]).toEqual([2, 1]);
  expect(set.has(7)).toBe(false);
  expect(ItemSet.of([]).has(0)).toBe(false);
});
