import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { RankedList } from "./cache-store.ts";
import { decodeList, encodeList } from "./list-codec.ts";

const text = fc.string({ unit: "grapheme", maxLength: 12 }).filter((value) => value.isWellFormed() && !value.includes("\0"));
/** Lists of which every score fits in 4 bytes, and of which some do not. */
const score = fc.constantFrom(fc.float(), fc.double());
const list: fc.Arbitrary<RankedList> = score.chain((ofList) =>
  fc.record({
    entries: fc.array(
      fc.record({
        id: text,
        score: ofList,
        categories: fc.array(text, { maxLength: 3 }),
        sources: fc.array(fc.constantFrom("latest", "collaborative", "item-to-item/neighbors"), { maxLength: 3 }),
      }),
      { maxLength: 300, size: "max" },
    ),
    updatedMs: fc.integer(),
    digest: text,
    modelId: text,
  }),
);

test("a list comes back as it went in", () => {
  fc.assert(
    fc.property(list, (value) => {
      expect(decodeList(encodeList(value))).toEqual(value);
    }),
    { numRuns: 60 },
  );
});

test("many names, sets and long texts", () => {
  const entries = Array.from({ length: 700 }, (_, index) => ({
    id: "x".repeat(index),
    score: 0.1,
    categories: [`c${index}`, "shared", `c${index + 1}`],
    sources: index % 2 === 0 ? ["shared"] : [],
  }));
  const value = { entries, updatedMs: 0, digest: "d".repeat(20_000), modelId: "" };
  expect(decodeList(encodeList(value))).toEqual(value);
});

test("what was encoded stays as it is when another list is encoded", () => {
  const value = (digest: string): RankedList => ({ entries: [], updatedMs: 0, digest, modelId: "" });
  const [first, second] = [encodeList(value("first")), encodeList(value("second"))];
  expect([decodeList(first), decodeList(second)]).toEqual([value("first"), value("second")]);
});

test("the bytes may lie anywhere in a larger buffer", () => {
  const value: RankedList = {
    entries: [{ id: "é", score: 1, categories: ["a"], sources: [] }],
    updatedMs: 1,
    digest: "d",
    modelId: "",
  };
  const encoded = encodeList(value);
  const shifted = new Uint8Array(encoded.length + 3);
  shifted.set(encoded, 3);
  expect(decodeList(shifted.subarray(3))).toEqual(value);
});

test("damaged, cut or foreign bytes are a missing list", () => {
  fc.assert(
    fc.property(list, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, position, change) => {
      const bytes = Uint8Array.from(encodeList(value));
      expect(decodeList(bytes.subarray(0, position % bytes.length))).toBe(undefined);
      const index = position % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ change;
      expect(decodeList(bytes)).toBe(undefined);
    }),
    { numRuns: 100 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(decodeList(bytes)).toBe(undefined);
    }),
  );
});

test("entries of the same categories share one array, and a list of 100 takes under 1.6 KB", () => {
  const entries = Array.from({ length: 100 }, (_, index) => ({
    id: `item-${index}`,
    score: index,
    categories: [`c${index % 10}`],
    sources: ["collaborative"],
  }));
  const encoded = encodeList({ entries, updatedMs: 0, digest: "d", modelId: "m" });
  expect(encoded.length).toBeLessThan(1600);
  const decoded = decodeList(encoded)?.entries;
  expect(decoded?.[11]?.categories).toBe(decoded?.[1]?.categories);
});
