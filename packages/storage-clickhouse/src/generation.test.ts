import { expect, test } from "vitest";
import { type Generation, generationToBegin, generationToJoin } from "./generation.ts";

const live = (number: bigint): Generation => ({ number, isLive: true });
const deleted = (number: bigint): Generation => ({ number, isLive: false });

test("additions join the first generation, and then the newest that is live", () => {
  expect(generationToJoin(undefined)).toBe(0n);
  expect(generationToJoin(live(7n))).toBe(7n);
});

test("all who add after a deletion join the same generation, which is newer", () => {
  const end = deleted(generationToBegin(live(9n << 32n)));
  expect(generationToJoin(end)).toBe(generationToJoin(end));
  expect(generationToJoin(end)).toBeGreaterThan(end.number);
});

test("a replacement is newer than all it has seen, and than additions that it has not seen", () => {
  for (const newest of [undefined, live(0n), live(5n << 32n), deleted((5n << 32n) + 0xffff_ffffn)]) {
    const begun = generationToBegin(newest);
    expect(begun).toBeGreaterThan(newest?.number ?? 0n);
    expect(begun).toBeGreaterThan(generationToJoin(newest));
    expect(begun >> 32n).toBe(((newest?.number ?? 0n) >> 32n) + 1n);
  }
});

test("two replacements at the same time get numbers of their own", () => {
  const begun = Array.from({ length: 100 }, () => generationToBegin(undefined));
  expect(new Set(begun).size).toBe(100);
});
