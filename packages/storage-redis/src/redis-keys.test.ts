import { expect, test } from "vitest";
import { RedisKeys } from "./redis-keys.ts";

test("collections and names that look alike have keys of their own", () => {
  const keys = new RedisKeys("");
  const pairs = [
    ["a", "b:c"],
    ["a:b", "c"],
    ["", "a"],
    ["a", ""],
    ["1:a", "b"],
    ["a:1", "b"],
  ] as const;
  const all = pairs.map(([collection, name]) => keys.list({ collection, name }));
  expect(new Set(all).size).toBe(pairs.length);
  for (const [collection, name] of pairs) expect(keys.nameOf(keys.list({ collection, name }), collection)).toBe(name);
});

test("the overlay's keys share a hash tag of their prefix, the others have none", () => {
  const { overlayVersion, overlayEntries, overlayIndex, schema } = new RedisKeys("p_");
  const tags = [overlayVersion, overlayEntries, overlayIndex].map((key) => /\{[^}]+\}/.exec(key)?.[0]);
  expect(new Set(tags)).toEqual(new Set(["{p_furze:overlay}"]));
  expect(schema).not.toContain("{");
});

test("globs take their special characters by the letter", () => {
  expect(new RedisKeys("a-b").listsOf("x*[y]?\\^")).toBe("a\\-bfurze:l:8:x\\*\\[y\\]\\?\\\\\\^:*");
});

test.each(["a:b", "{a}", "a b", "a*", "x".repeat(65), "\0"])("the prefix %j is refused", (prefix) => {
  expect(() => new RedisKeys(prefix)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", path: "prefix" }));
});
