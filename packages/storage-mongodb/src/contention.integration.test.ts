import type { Feedback, Item } from "@furze/core";
import type { DataStore } from "@furze/storage";
import { describe, expect, test } from "vitest";
import { ownDatabase } from "../test/own-database.ts";
import { openMongoCacheStore, openMongoDataStore } from "./open-mongo-store.ts";

// Times must not depend on the zone of the process.
process.env.TZ = "America/New_York";

// The server of FURZE_TEST_MONGODB_URL.
const uri = ownDatabase("contention");
const T0 = 1_700_000_000_000;
const NUM_STORES = 3;
const ROUNDS = 4;

function pairs(): Feedback[] {
  return Array.from({ length: 1200 }, (_, index) => ({
    ...{ feedbackType: "click", userId: `u${index % 40}`, itemId: `i${Math.floor(index / 40)}` },
    ...{ value: 1, timestampMs: T0, updatedMs: T0, comment: "" },
  }));
}

function item(itemId: string, category: string): Item {
  return { itemId, isHidden: false, categories: [category], timestampMs: T0, labels: null, comment: "" };
}

async function withStores(run: (stores: readonly [DataStore, DataStore, DataStore]) => Promise<void>): Promise<void> {
  const open = () => openMongoDataStore({ uri, tablePrefix: "race_" });
  const stores = [await open(), await open(), await open()] as const;
  try {
    await Promise.all(stores.map((store) => store.migrate()));
    await stores[0].purge();
    await run(stores);
  } finally {
    await Promise.all(stores.map((store) => store.close()));
  }
}

describe.runIf(uri !== "")("several writers", () => {
  test("bulk writes of the same rows in several orders add up", async () => {
    await withStores(async (stores) => {
      const rows = pairs();
      const orders = [rows, rows.toReversed(), rows.toSorted((a, b) => (a.itemId < b.itemId ? -1 : 1))];
      for (let round = 0; round < ROUNDS; round++) {
        await Promise.all(stores.map((store, index) => store.feedback.upsert(orders[index] ?? rows, { mode: "sum" })));
      }
      const lists = await stores[0].feedback.ofUsers(["u0", "u39"]);
      expect(lists.flat().map((row) => row.value)).toEqual(Array(60).fill(NUM_STORES * ROUNDS));
      expect(lists[0]?.[0]?.timestampMs).toBe(T0);
    });
  });

  test("deleting, changing and inserting the same entities at once surfaces no conflict", async () => {
    await withStores(async ([first, second, third]) => {
      const rows = pairs();
      const users = Array.from({ length: 40 }, (_, index) => `u${index}`);
      const items = Array.from({ length: 30 }, (_, index) => `i${index}`);
      for (let round = 0; round < ROUNDS; round++) {
        await Promise.all([
          first.feedback.upsert(rows, { mode: "overwrite" }),
          second.feedback.upsert(rows.toReversed(), { mode: "sum", autoInsertItems: false }),
          third.users.delete(users.toReversed()),
          second.items.delete(items.slice(0, 10)),
          third.items.upsert(items.map((id) => item(id, `c${round}`))),
          first.items.upsert(items.toReversed().map((id) => item(id, `d${round}`))),
        ]);
      }
      await first.items.upsert(items.map((id) => item(id, "last")));
      expect((await second.items.latest({ limit: 100, categories: ["last"] })).length).toBe(30);
    });
  });

  test("words stay those of the item when several change it while search is being set up", async () => {
    await withStores(async ([first, second, third]) => {
      const ids = Array.from({ length: 20 }, (_, index) => `i${index}`);
      await first.items.upsert(ids.map((id) => item(id, "old")));
      await Promise.all([
        third.itemSearch.index(["categories", "comment"]),
        ...ids.map((id, index) => (index % 2 === 0 ? first : second).items.patch(id, { comment: `comment${id}` })),
        ...ids.map((id, index) => (index % 2 === 0 ? second : first).items.addCategory(id, "added")),
      ]);
      // Writers that knew no columns yet are caught up with.
      await third.itemSearch.index(["comment", "categories"]);
      for (const id of ids) {
        expect((await first.itemSearch.search({ query: `comment${id}`, limit: 9 })).map((found) => found.itemId)).toEqual([id]);
      }
      expect((await second.itemSearch.search({ query: "added", limit: 99 })).length).toBe(20);
      await third.itemSearch.index([]);
    });
  });

  test("a reader of the overlay misses no change, whoever publishes when", async () => {
    const caches = [await openMongoCacheStore({ uri }), await openMongoCacheStore({ uri })] as const;
    const [one, two] = caches;
    try {
      await one.migrate();
      await one.purge();
      const seen = new Set<string>();
      let version = (await one.getLists([])).overlayVersion;
      const read = async () => {
        const known = (await one.getLists([])).overlayVersion;
        const delta = await one.getOverlay(version);
        expect(delta.version).toBeGreaterThanOrEqual(known);
        for (const entry of delta.entries) seen.add(entry.itemId);
        version = delta.version;
      };
      const change = { isHidden: true, categories: undefined, changedMs: 1, expiresMs: Date.now() + 3_600_000 };
      let isDone = false;
      const writing = Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          (index % 2 === 0 ? one : two).putOverlay([{ ...change, itemId: `i${index}` }]),
        ),
      ).finally(() => {
        isDone = true;
      });
      while (!isDone) await read();
      await writing;
      await read();
      expect(seen.size).toBe(60);
    } finally {
      await Promise.all(caches.map((cache) => cache.close()));
    }
  });
});
