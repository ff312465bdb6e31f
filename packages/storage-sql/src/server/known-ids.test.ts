import { describe, expect, test } from "vitest";
import { KnownIds } from "./known-ids.ts";

const SINCE = { version: "a", numOpened: 1 };

function known(ids: readonly string[], options?: ConstructorParameters<typeof KnownIds>[0]): KnownIds {
  const knownIds = new KnownIds(options);
  expect(knownIds.unknownOf("user", ids, SINCE)).toEqual(ids);
  knownIds.add("user", ids, SINCE);
  return knownIds;
}

describe("known ids", () => {
  test("are not looked for again, others are, in their order", () => {
    const knownIds = known(["b", "c"]);
    expect(knownIds.unknownOf("user", ["a", "b", "c", "d"], SINCE)).toEqual(["a", "d"]);
    expect(knownIds.unknownOf("item", ["b"], SINCE)).toEqual(["b"]);
  });

  test.each([
    ["a deletion", { version: "b", numOpened: 1 }],
    ["a new connection", { version: "a", numOpened: 2 }],
  ])("are forgotten after %s", (_, later) => {
    const knownIds = known(["b"]);
    expect(knownIds.unknownOf("user", ["b"], later)).toEqual(["b"]);
    // A transaction of before that tells late.
    knownIds.add("user", ["b"], SINCE);
    expect(knownIds.unknownOf("user", ["b"], later)).toEqual(["b"]);
    knownIds.add("user", ["b"], later);
    expect(knownIds.unknownOf("user", ["b"], later)).toEqual([]);
  });

  test("are forgotten after a minute", () => {
    let nowMs = 0;
    const knownIds = known(["b"], { now: () => nowMs });
    nowMs = 59_999;
    expect(knownIds.unknownOf("user", ["b"], SINCE)).toEqual([]);
    nowMs = 60_000;
    expect(knownIds.unknownOf("user", ["b"], SINCE)).toEqual(["b"]);
  });

  test("are bounded: those named last stay", () => {
    const ids = Array.from({ length: 25 }, (_, index) => `u${index}`);
    const knownIds = known(ids, { size: 10 });
    expect(knownIds.unknownOf("user", ids, SINCE)).toEqual(ids.slice(0, 10));
    knownIds.add("user", ids.slice(10, 20), SINCE);
    knownIds.add("user", ["new"], SINCE);
    expect(knownIds.unknownOf("user", ids, SINCE)).toEqual(ids.slice(0, 10));
  });
});
