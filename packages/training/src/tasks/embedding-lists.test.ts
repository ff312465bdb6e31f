import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Item, type JsonValue, ManualClock, type User } from "@furze/core";
import { type Dataset, loadDataset } from "@furze/dataset";
import type { CacheStore } from "@furze/storage";
import { openSqliteCacheStore } from "@furze/storage-sql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { neighborColumns } from "../columns.ts";
import { datasetDigest } from "../dataset-digest.ts";
import { makeItemNeighborLists, makeUserNeighborLists } from "./neighbor-lists.ts";

const NOW_MS = Date.UTC(2026, 0, 1);
const itemToItem = [{ name: "near", type: "embedding", column: "item.Labels.place" }] as const;
const userToUser = [{ name: "alike", type: "embedding", column: "user.Labels.taste.vector" }] as const;

let folder: string;
let cacheStore: CacheStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "furze-embeddings-"));
  cacheStore = await openSqliteCacheStore({ path: join(folder, "cache.sqlite"), clock: new ManualClock(NOW_MS) });
  await cacheStore.migrate();
});

afterEach(async () => {
  await cacheStore.close();
  rmSync(folder, { recursive: true });
});

const item = (itemId: string, place: JsonValue, isHidden = false): Item => ({
  ...{ itemId, isHidden, categories: [`of ${itemId}`], timestampMs: NOW_MS, labels: { place }, comment: "" },
});

const user = (userId: string, labels: JsonValue): User => ({ userId, labels, comment: "" });

const ITEMS = [
  item("a", [0, 0]),
  item("b", [3, 4]),
  item("c", [0, 1]),
  item("hidden", [0, 0], true),
  item("long", [0, 0, 0]),
  item("none", null),
];
const USERS = [
  user("u", { taste: { vector: [1, 0, 0] } }),
  user("v", { taste: { vector: [1, 0, 2] } }),
  user("w", { taste: "plain" }),
];

function load(items: readonly Item[] = ITEMS): Promise<Dataset> {
  const roles = { positive: [], negative: [], read: [] };
  return loadDataset({
    users: [USERS],
    items: [items],
    feedback: [],
    roles,
    ...neighborColumns({ itemToItem, userToUser }, NOW_MS),
  });
}

async function namesAndScores(collection: string, name: string): Promise<[string, number][]> {
  const { lists } = await cacheStore.getLists([{ collection, name }]);
  const [list] = lists;
  if (list === undefined) throw new Error(`there is no list of ${name}`);
  return list.entries.map(({ id, score }) => [id, score]);
}

describe("lists by embeddings", () => {
  it("have the nearest items first, scored by their distance, and nothing hidden, of another length or without a vector", async () => {
    const warnings: unknown[] = [];
    const warn = (message: string, fields: unknown): void => void warnings.push([message, fields]);
    const quiet = () => {};
    const logger = { debug: quiet, info: quiet, warn, error: quiet, child: () => logger };
    const options = { dataset: await load(), cacheStore, limit: 10, nowMs: NOW_MS, listTtlMs: 1000, logger };
    await makeItemNeighborLists({ ...options, recommenders: itemToItem });
    const collection = "item-to-item/near";
    expect(await namesAndScores(collection, "a")).toEqual([
      ["c", 0.5],
      ["b", expect.closeTo(1 / 6)],
    ]);
    expect(await namesAndScores(collection, "hidden")).toEqual([
      ["a", 1],
      ["c", 0.5],
      ["b", expect.closeTo(1 / 6)],
    ]);
    for (const name of ["long", "none"]) expect(await namesAndScores(collection, name)).toEqual([]);
    const { lists } = await cacheStore.getLists([{ collection, name: "c" }]);
    expect(lists[0]?.entries[0]).toMatchObject({ id: "a", categories: ["of a"], sources: [collection] });
    const fields = { recommender: "near", dimension: 2, numLeftOut: 1 };
    expect(warnings).toEqual([["embeddings of another length are left out", fields]]);
  });

  it("are made for users from plain JSON, too", async () => {
    const options = { dataset: await load(), cacheStore, limit: 1, nowMs: NOW_MS, listTtlMs: 1000 };
    await makeUserNeighborLists({ ...options, recommenders: userToUser });
    expect(await namesAndScores("user-to-user/alike", "v")).toEqual([["u", expect.closeTo(1 / 3)]]);
    expect(await namesAndScores("user-to-user/alike", "w")).toEqual([]);
  });

  it("are empty when no item has a vector", async () => {
    const options = {
      dataset: await load([item("a", null), item("b", "text")]),
      cacheStore,
      limit: 5,
      nowMs: NOW_MS,
      listTtlMs: 1000,
    };
    await makeItemNeighborLists({ ...options, recommenders: itemToItem });
    expect(await namesAndScores("item-to-item/near", "b")).toEqual([]);
  });

  it("are made anew when a number of a vector changes: the digest of the data set is another", async () => {
    const digests = await Promise.all(
      [ITEMS, [item("a", [0, 0.5]), ...ITEMS.slice(1)]].map(async (items) => datasetDigest(await load(items))),
    );
    expect(digests[0]).not.toBe(digests[1]);
  });
});
