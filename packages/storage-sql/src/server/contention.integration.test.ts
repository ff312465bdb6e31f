import type { Feedback, Item } from "@furze/core";
import type { DataStore } from "@furze/storage";
import { describe, expect, test } from "vitest";
import { openDataStore } from "../open-store.ts";

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

/** Users and items that feedback names and that do not exist. */
async function orphans(store: DataStore): Promise<string[]> {
  const missing: string[] = [];
  for await (const batch of store.feedback.scan({ order: "user" })) {
    const userIds = [...new Set(batch.map((row) => row.userId))];
    const itemIds = [...new Set(batch.map((row) => row.itemId))];
    const [users, items] = [await store.users.get(userIds), await store.items.get(itemIds)];
    missing.push(...userIds.filter((_, index) => users[index] === undefined));
    missing.push(...itemIds.filter((_, index) => items[index] === undefined));
  }
  return missing;
}

test("these tests run in a zone that is not UTC, as ids and times must not depend on it", () => {
  expect(new Date(0).getTimezoneOffset()).toBe(300);
});

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

  test.runIf(url !== undefined)("feedback that comes in while its user or item is being deleted brings them back", async () => {
    await withStores(async ([deleter, writer]) => {
      if (deleter === undefined || writer === undefined) throw new Error("two stores are needed");
      const row = (userId: string, itemId: string): Feedback => ({
        ...{ feedbackType: "click", userId, itemId, value: 1, timestampMs: 0, updatedMs: 0, comment: "" },
      });
      for (let round = 0; round < ROUNDS; round++) {
        // Rows enough to make the deletion last for some of the writes.
        const rows = Array.from({ length: 3000 }, (_, index) => [row("u", `i${index}`), row(`u${index}`, "i")]).flat();
        await writer.feedback.upsert(rows, { mode: "overwrite" });
        let isDeleted = false;
        const deletion = Promise.all([deleter.users.delete(["u"]), deleter.items.delete(["i"])]).then(() => {
          isDeleted = true;
        });
        for (let call = 0; !isDeleted; call++) {
          await writer.feedback.upsert([row("u", `late${call}`), row(`late${call}`, "i")], { mode: "sum" });
        }
        await deletion;
        expect(await orphans(deleter)).toEqual([]);
      }
    });
  });

  test.runIf(url !== undefined)(
    "a purge takes all there is in one step: writes beside it leave nothing without its user or item",
    async () => {
      await withStores(async ([purger, writer]) => {
        if (purger === undefined || writer === undefined) throw new Error("two stores are needed");
        const rows = pairs();
        for (let round = 0; round < 2 * ROUNDS; round++) {
          await writer.feedback.upsert(rows, { mode: "overwrite" });
          const writes = [rows.slice(0, 600), rows.slice(600)].map((half) =>
            writer.feedback.upsert(half, { mode: "overwrite" }),
          );
          await Promise.all([purger.purge(), ...writes]);
          expect(await orphans(purger)).toEqual([]);
        }
        await purger.purge();
        expect(await purger.users.count()).toBe(0);
      });
    },
  );

  test.runIf(url !== undefined)("a purge of many rows leaves tables as they were made", async () => {
    await withStores(async ([store]) => {
      const rows = Array.from({ length: 10 }, pairs).flat();
      for (let round = 0; round < 2; round++) {
        const many = rows.map((row, index) => ({ ...row, itemId: `many${index}` }));
        await store?.feedback.upsert(many, { mode: "overwrite" });
        await store?.purge();
        expect([await store?.users.count(), await store?.items.count(), await store?.feedback.count()]).toEqual([0, 0, 0]);
      }
      await store?.items.upsert([item("i", "c"), item("i", "d")]);
      expect(await store?.items.count()).toBe(1);
    });
  });
});
