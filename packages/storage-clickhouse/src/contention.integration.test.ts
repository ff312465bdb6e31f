import type { Feedback, Item } from "@furze/core";
import type { DataStore } from "@furze/storage";
import { describeDataStoreContention } from "@furze/storage/conformance";
import { describe, expect, test } from "vitest";
import { openClickhouseDataStore } from "./open-clickhouse-data-store.ts";

// Ids and times must not depend on the zone of the process.
process.env.TZ = "America/New_York";

const uri = process.env.FURZE_TEST_CLICKHOUSE_URL ?? "";
const NUM_STORES = 3;
const ROUNDS = 4;
const T0 = 1_700_000_000_000;

function pairs(value = 1): Feedback[] {
  return Array.from({ length: 1200 }, (_, index) => ({
    ...{ feedbackType: "click", userId: `u${index % 40}`, itemId: `i${Math.floor(index / 40)}` },
    ...{ value, timestampMs: T0, updatedMs: T0, comment: "" },
  }));
}

function item(itemId: string, category: string): Item {
  return { itemId, isHidden: false, categories: [category], timestampMs: T0, labels: null, comment: category };
}

async function query(sql: string): Promise<string> {
  const response = await fetch(uri.replace(/^clickhouse:/, "http:"), { method: "POST", body: sql });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text.trim();
}

describe.runIf(uri !== "")("contention on ClickHouse", () => {
  const open = () => openClickhouseDataStore({ uri, tablePrefix: "race_" });

  const withStores = async (run: (stores: readonly [DataStore, DataStore, DataStore]) => Promise<void>) => {
    const stores = [await open(), await open(), await open()] as const;
    try {
      await Promise.all(stores.map((store) => store.migrate()));
      await stores[0].purge();
      await run(stores);
    } finally {
      await Promise.all(stores.map((store) => store.close()));
    }
  };

  describeDataStoreContention("storage-clickhouse", { open });

  test("bulk writes of the same rows from several processes add up, before and after the server has merged them", () =>
    withStores(async (stores) => {
      for (let round = 0; round < ROUNDS; round++) {
        await Promise.all(stores.map((store) => store.feedback.upsert(pairs(), { mode: "sum" })));
      }
      for (const statement of ["SELECT 1", "OPTIMIZE TABLE race_records FINAL"]) {
        await query(statement);
        const lists = await stores[0].feedback.ofUsers(["u0", "u39"]);
        expect(lists.flat().map((row) => row.value)).toEqual(Array(60).fill(NUM_STORES * ROUNDS));
        expect(lists[0]?.[0]?.timestampMs).toBe(T0);
        expect(await stores[1].feedback.count()).toBe(1200);
      }
    }));

  test("replacing and adding from several processes: what came after the replacement counts, nothing of before", () =>
    withStores(async ([first, second, third]) => {
      for (let round = 0; round < ROUNDS; round++) {
        await Promise.all([first, second].map((store) => store.feedback.upsert(pairs(), { mode: "sum" })));
        await third.feedback.upsert(pairs(100 + round), { mode: "overwrite" });
        await Promise.all([first, second].map((store) => store.feedback.upsert(pairs(), { mode: "sum" })));
        const lists = await third.feedback.ofItems(["i0", "i29"]);
        expect(lists.flat().map((row) => row.value)).toEqual(Array(80).fill(102 + round));
      }
      await query("OPTIMIZE TABLE race_records FINAL");
      expect((await first.feedback.ofUsers(["u7"]))[0]?.map((row) => row.value)).toEqual(Array(30).fill(101 + ROUNDS));
    }));

  test("additions after a deletion, from several processes at once, are all kept", () =>
    withStores(async (stores) => {
      for (let round = 0; round < ROUNDS; round++) {
        await Promise.all(stores.map((store) => store.feedback.upsert(pairs(), { mode: "sum" })));
        expect((await stores[0].feedback.ofUsers(["u0"]))[0]?.map((row) => row.value)).toEqual(Array(30).fill(NUM_STORES));
        expect(await stores[1].users.delete(Array.from({ length: 40 }, (_, user) => `u${user}`))).toBe(40);
        expect(await stores[2].feedback.count()).toBe(0);
      }
    }));

  test("the last of many writes to one row stays, whoever wrote it, and however the server merges", () =>
    withStores(async (stores) => {
      for (let write = 0; write < 60; write++) {
        const [writer, reader] = [stores[write % 3], stores[(write + 1) % 3]];
        await writer?.items.upsert([item("i", `c${write}`)]);
        expect(await reader?.items.get(["i"])).toEqual([item("i", `c${write}`)]);
        if (write % 20 === 19) await query("OPTIMIZE TABLE race_records FINAL");
      }
    }));

  test("a call is one part of the table, however large", () =>
    withStores(async ([store]) => {
      await query("SYSTEM STOP MERGES race_records");
      const rows = Array.from({ length: 120_000 }, (_, index) => ({
        ...{ feedbackType: "click", userId: `u${index % 9000}`, itemId: `i${index}` },
        ...{ value: 1, timestampMs: T0, updatedMs: T0, comment: "" },
      }));
      await store.feedback.upsert(rows, { mode: "sum" });
      const parts = await query("SELECT count(), sum(rows) FROM system.parts WHERE active AND table = 'race_records'");
      await query("SYSTEM START MERGES race_records");
      expect(parts.split(/\s+/).map(Number)).toEqual([1, 2 * 120_000 + 9000 + 120_000]);
    }));
});
