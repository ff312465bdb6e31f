import { type Logger, silentLogger } from "@furze/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fill, ids, openStores, type Stores, type System, systemOf } from "../../test/fixture.ts";

let stores: Stores;
let opened: System[];
let warnings: unknown[];
const logger: Logger = { ...silentLogger, warn: (message, fields) => warnings.push({ message, ...fields }) };

beforeEach(async () => {
  stores = await openStores();
  await fill(stores);
  opened = [];
  warnings = [];
});

afterEach(async () => {
  await Promise.all(opened.map(({ pipeline }) => pipeline.close()));
  await stores[Symbol.asyncDispose]();
});

function system(script: string, more: { replacement?: { positiveDecay: number; readDecay: number } } = {}): System {
  const external = [{ name: "mine", script, timeLimitMs: 1000 }];
  const made = systemOf(stores, { external, recommenders: ["external/mine", "latest"], fallback: [], ...more }, { logger });
  opened.push(made);
  return made;
}

it("proposes what the script returns, in its order, but for items that are seen, twice there or nowhere", async () => {
  const { recommender, maker } = system("['f', 'nowhere', 'a', 'f', '', user_id === 'ann' ? 'd' : 'c']");
  const rows = await recommender.recommend("ann", { limit: 9 });
  expect(ids(rows)).toEqual(["f", "d", "b", "c", "e"]);
  expect(rows[0]).toMatchObject({ score: 0, sources: ["external/mine", "latest"] });
  await maker.makeLists();
  expect(await recommender.recommend("ann", { limit: 9 })).toEqual(rows);
  expect(ids(await recommender.recommend("ben", { limit: 2 }))).toEqual(["f", "c"]);
});

it("proposes nothing when a category is asked for", async () => {
  await stores.dataStore.items.patch("f", { categories: ["drama"] });
  const [row] = await system("['f']").recommender.recommend("ann", { limit: 9, categories: ["drama"] });
  expect(row).toMatchObject({ itemId: "f", sources: ["latest"] });
});

it("leaves the list to the others when the script fails, and says so once a batch", async () => {
  const { maker, recommender } = system("if (user_id === 'ann') throw new Error('no'); ['f']");
  expect((await maker.makeLists()).made).toBe(3);
  expect(warnings).toEqual([
    expect.objectContaining({ message: "external script failed", recommender: "external/mine", users: 1, skipped: 0 }),
  ]);
  expect(String((warnings[0] as { error: unknown }).error)).toContain("external script mine: Error: no");
  expect(ids(await recommender.recommend("ann", { limit: 2 }))).toEqual(["b", "c"]);
  expect(ids(await recommender.recommend("ben", { limit: 1 }))).toEqual(["f"]);
});

it("leaves a script alone for ten seconds after eight failures in a row", async () => {
  const { pipeline, recommender } = system("throw 1");
  const userIds = Array.from({ length: 50 }, (_, user) => `user-${user}`);
  const requests = (await pipeline.histories.load(userIds)).map((history) => pipeline.requestFor(history));
  const lists = await pipeline.rank(requests, { limit: 3 });
  expect(lists.every((list) => list.length === 3)).toBe(true);
  const [{ users, skipped }] = warnings as [{ users: number; skipped: number }];
  expect(users + skipped).toBe(50);
  // Up to three more were under way in the other threads.
  expect(users).toBeGreaterThanOrEqual(8);
  expect(users).toBeLessThanOrEqual(11);
  const triesAfter = async (ms: number) => {
    warnings = [];
    stores.clock.advance(ms);
    expect(await recommender.recommend("ann", { limit: 3 })).toHaveLength(3);
    return warnings.length;
  };
  expect(await triesAfter(9999)).toBe(0);
  expect(await triesAfter(1)).toBe(1);
  expect(await triesAfter(9999)).toBe(0);
});

it("runs once a user with replacement", async () => {
  const script = "['f', 'a', 'd']";
  const rows = await system(script, { replacement: { positiveDecay: 0.5, readDecay: 0.5 } }).recommender.recommend("ann", {
    limit: 4,
  });
  // f, a, d, b, c, e: a is worth 5/6 * 0.5 = 0.42, c 0.33.
  expect(ids(rows)).toEqual(["f", "d", "b", "a"]);
});

it("ends at an abort", async () => {
  const rows = system("for (;;) {}").recommender.recommend("ann", { limit: 4, signal: AbortSignal.timeout(30) });
  await expect(rows).rejects.toMatchObject({ code: "ABORTED" });
});
