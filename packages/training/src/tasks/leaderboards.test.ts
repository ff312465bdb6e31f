import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Feedback, type Item, ManualClock } from "@furze/core";
import type { CacheStore, DataStore } from "@furze/storage";
import { openSqliteCacheStore, openSqliteDataStore } from "@furze/storage-sql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MakeLeaderboardsOptions, makeLeaderboards } from "./leaderboards.ts";

const NOW_MS = Date.UTC(2024, 5, 1);
const DAY_MS = 86_400_000;

const item = (itemId: string, categories: string[] = [], more: Partial<Item> = {}): Item => ({
  itemId,
  isHidden: false,
  categories,
  timestampMs: NOW_MS - DAY_MS,
  labels: null,
  comment: "",
  ...more,
});

const row = (feedbackType: string, userId: string, itemId: string, value = 1): Feedback => ({
  feedbackType,
  userId,
  itemId,
  value,
  timestampMs: NOW_MS - DAY_MS,
  updatedMs: NOW_MS - DAY_MS,
  comment: "",
});

let folder: string;
let dataStore: DataStore;
let cacheStore: CacheStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "furze-leaderboards-"));
  dataStore = await openSqliteDataStore({ path: join(folder, "data.sqlite") });
  cacheStore = await openSqliteCacheStore({ path: join(folder, "cache.sqlite"), clock: new ManualClock(NOW_MS) });
  await dataStore.migrate();
  await cacheStore.migrate();
});

afterEach(async () => {
  await dataStore.close();
  await cacheStore.close();
  rmSync(folder, { recursive: true });
});

function make(more: Partial<MakeLeaderboardsOptions> = {}): Promise<void> {
  return makeLeaderboards({
    dataStore,
    cacheStore,
    leaderboards: [{ name: "popular", score: "count(feedback, .FeedbackType == 'star')", filter: "" }],
    roles: {
      positive: [{ feedbackType: "star" }, { feedbackType: "rating", operator: ">=", bound: 4 }],
      negative: [{ feedbackType: "bad" }],
      read: [],
    },
    limit: 2,
    nowMs: NOW_MS,
    untilMs: NOW_MS,
    listTtlMs: DAY_MS,
    ...more,
  });
}

async function read(name: string, category = ""): Promise<[string, number][] | undefined> {
  const { lists } = await cacheStore.getLists([{ collection: `non-personalized/${name}`, name: category }]);
  return lists[0]?.entries.map(({ id, score }) => [id, score]);
}

describe("makeLeaderboards", () => {
  it("counts positive feedback per item, overall and per category, without hidden items", async () => {
    // Ids whose bytewise order is not that of UTF-16 units: the two scans must stay in step.
    await dataStore.items.upsert([
      item("\u{1F600}", ["x"]),
      item("\uFFFF", ["x", "y"]),
      item("a", ["y"]),
      item("b", ["y"], { isHidden: true }),
    ]);
    const rows = ["u", "v", "w"].flatMap((user) => [row("star", user, "\u{1F600}"), row("star", user, "b")]);
    rows.push(row("star", "u", "\uFFFF"), row("star", "v", "\uFFFF"), row("star", "u", "a"));
    await dataStore.feedback.upsert(rows, { mode: "sum" });
    await make();
    expect(await read("popular")).toEqual([
      ["\u{1F600}", 3],
      ["\uFFFF", 2],
    ]);
    expect(await read("popular", "y")).toEqual([
      ["\uFFFF", 2],
      ["a", 1],
    ]);
    expect(await read("popular", "z")).toBeUndefined();
  });

  it("leaves out users who dislike the item, and values below the bound", async () => {
    await dataStore.items.upsert([item("a"), item("b")]);
    await dataStore.feedback.upsert(
      [
        row("star", "u", "a"),
        row("bad", "u", "a"),
        row("star", "v", "a"),
        row("rating", "u", "b", 3),
        row("rating", "v", "b", 5),
        row("rating", "w", "b", 4),
      ],
      { mode: "sum" },
    );
    await make({ leaderboards: [{ name: "sum", score: "sum(feedback, .Value)", filter: "" }] });
    expect(await read("sum")).toEqual([
      ["b", 9],
      ["a", 1],
    ]);
  });

  it("filters, respects age limits, and reports items on which an expression fails", async () => {
    await dataStore.items.upsert([
      item("new"),
      item("old", [], { timestampMs: NOW_MS - 9 * DAY_MS }),
      item("odd", [], { labels: { weight: "heavy" } }),
      item("fine", [], { labels: { weight: 7 } }),
    ]);
    const failed: string[] = [];
    await make({
      leaderboards: [
        { name: "fresh", score: "item.Timestamp.Unix()", filter: "item.ItemId != 'odd'" },
        { name: "heavy", score: "float(item.Labels.weight)", filter: "item.Labels.weight != nil" },
      ],
      itemSinceMs: NOW_MS - 2 * DAY_MS,
      limit: 10,
      onItemError: (leaderboard, { itemId }) => failed.push(`${leaderboard} ${itemId}`),
    });
    expect((await read("fresh"))?.map(([id]) => id)).toEqual(["fine", "new"]);
    expect(await read("heavy")).toEqual([["fine", 7]]);
    expect(failed).toEqual(["heavy odd"]);
  });
});
