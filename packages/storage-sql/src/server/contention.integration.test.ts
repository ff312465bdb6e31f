import type { Feedback, Item } from "@furze/core";
import type { DataStore } from "@furze/storage";
import { describe, expect, test } from "vitest";
import { openDataStore } from "../open-store.ts";

// Ids and times must not depend on the zone of the process.
process.env.TZ = "America/New_York";

const SERVERS = [
  { name: "postgres", url: process.env.FURZE_TEST_POSTGRES_URL },
  { name: "mariadb", url: process.env.FURZE_TEST_MYSQL_URL },
] as const;

const NUM_STORES = 3;
const ROUNDS = 4;

function pairs(): Feedback[] {
  return Array.from({ length: 1200 }, (_, index) => ({
    ...{ feedbackType: "click", userId: `u${index % 40}`, itemId: `i${Math.floor(index / 40)}` },
    ...{ value: 1, timestampMs: 1_700_000_000_000, updatedMs: 1_700_000_000_000, comment: "" },
  }));
}

function item(itemId: string, category: string): Item {
  return { itemId, isHidden: false, categories: [category], timestampMs: 1_700_000_000_000, labels: null, comment: "" };
}

describe.each(SERVERS)("contention on $name", ({ url }) => {
  const withStores = async (run: (stores: readonly DataStore[]) => Promise<void>) => {
    const stores = await Promise.all(
      Array.from({ length: NUM_STORES }, () => openDataStore(url ?? "", { tablePrefix: "race_" })),
    );
    try {
      await Promise.all(stores.map((store) => store.migrate()));
      await stores[0]?.purge();
      await run(stores);
    } finally {
      await Promise.all(stores.map((store) => store.close()));
    }
  };

  test.runIf(url !== undefined)("bulk writes of the same rows in several orders add up", async () => {
    await withStores(async (stores) => {
      const rows = pairs();
      const orders = [rows, rows.toReversed(), rows.toSorted((a, b) => (a.itemId < b.itemId ? -1 : 1))];
      for (let round = 0; round < ROUNDS; round++) {
        await Promise.all(stores.map((store, index) => store.feedback.upsert(orders[index] ?? rows, { mode: "sum" })));
      }
      const lists = (await stores[0]?.feedback.ofUsers(["u0", "u39"])) ?? [];
      expect(lists.flat().map((row) => row.value)).toEqual(Array(60).fill(NUM_STORES * ROUNDS));
      expect(lists[0]?.[0]?.timestampMs).toBe(1_700_000_000_000);
    });
  });

  test.runIf(url !== undefined)("deleting, changing and inserting the same entities at once surfaces no deadlock", async () => {
    await withStores(async ([first, second, third]) => {
      if (first === undefined || second === undefined || third === undefined) throw new Error("three stores are needed");
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
});
