import { describeDataStoreContention } from "@furze/storage/conformance";
import { describe, expect, test } from "vitest";
import { openDataStore } from "../open-store.ts";

const SERVERS = [
  { name: "postgres", url: process.env.FURZE_TEST_POSTGRES_URL },
  { name: "mariadb", url: process.env.FURZE_TEST_MYSQL_URL },
] as const;

test("these tests run in a zone that is not UTC, as ids and times must not depend on it", () => {
  expect(new Date(0).getTimezoneOffset()).toBe(300);
});

describe.each(SERVERS)("contention on $name", ({ name, url }) => {
  describe.runIf(url !== undefined)("of several stores", () => {
    const open = () => openDataStore(url ?? "", { tablePrefix: "race_" });

    describeDataStoreContention(`storage-sql: ${name}`, { open });

    test("a purge of many rows leaves tables as they were made", async () => {
      const store = await open();
      await store.migrate();
      for (let round = 0; round < 2; round++) {
        const rows = Array.from({ length: 12_000 }, (_, index) => ({
          ...{ feedbackType: "click", userId: `u${index % 40}`, itemId: `many${index}` },
          ...{ value: 1, timestampMs: 0, updatedMs: 0, comment: "" },
        }));
        await store.feedback.upsert(rows, { mode: "overwrite" });
        await store.purge();
        expect([await store.users.count(), await store.items.count(), await store.feedback.count()]).toEqual([0, 0, 0]);
      }
      const item = { itemId: "i", isHidden: false, timestampMs: 0, labels: null, comment: "" };
      await store.items.upsert([
        { ...item, categories: ["c"] },
        { ...item, categories: ["d"] },
      ]);
      expect(await store.items.count()).toBe(1);
      await store.close();
    });
  });
});
