import type { Item } from "@furze/core";
import type { DataStore } from "@furze/storage";
import { describeDataStoreContention } from "@furze/storage/conformance";
import { describe, expect, test } from "vitest";
import { ownDatabase } from "../test/own-database.ts";
import { openMongoCacheStore, openMongoDataStore } from "./open-mongo-store.ts";

// Times must not depend on the zone of the process.
process.env.TZ = "America/New_York";

// The server of FURZE_TEST_MONGODB_URL.
const uri = ownDatabase("contention");
const T0 = 1_700_000_000_000;

function item(itemId: string, category: string): Item {
  return { itemId, isHidden: false, categories: [category], timestampMs: T0, labels: null, comment: "" };
}

const open = () => openMongoDataStore({ uri, tablePrefix: "race_" });

async function withStores(run: (stores: readonly [DataStore, DataStore, DataStore]) => Promise<void>): Promise<void> {
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
  describeDataStoreContention("storage-mongodb", {
    open,
    skip: [
      "writers > feedback that comes in while its user or item is deleted brings them back",
      "writers > a purge beside writes leaves no feedback without its user and item",
    ].map((name) => ({ test: name, reason: "needs transactions, which a replica set has and the stand-in has not" })),
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
