import type { Feedback } from "@furze/core";
import { expect } from "vitest";
import type { DataStore } from "../data-store.ts";
import { feedback, item, T0 } from "./fixtures.ts";
import type { ConformanceTest } from "./suite.ts";

/** Open at one place, as by three processes; migrated and empty. */
export type Writers = readonly [DataStore, DataStore, DataStore];

const ROUNDS = 4;
const NUM_USERS = 40;
const NUM_ITEMS = 30;
const USER_IDS = Array.from({ length: NUM_USERS }, (_, index) => `u${index}`);
const ITEM_IDS = Array.from({ length: NUM_ITEMS }, (_, index) => `i${index}`);

function everyPair(): Feedback[] {
  return ITEM_IDS.flatMap((itemId) => USER_IDS.map((userId) => feedback(`click ${userId} ${itemId}`)));
}

/** Users and items that feedback names and that do not exist. */
async function orphansOf(store: DataStore): Promise<string[]> {
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

async function bulkWritesAddUp(writers: Writers): Promise<void> {
  const rows = everyPair();
  const orders = [rows, rows.toReversed(), rows.toSorted((a, b) => (a.userId < b.userId ? -1 : 1))];
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all(writers.map((store, index) => store.feedback.upsert(orders[index] ?? rows, { mode: "sum" })));
  }
  const lists = await writers[0].feedback.ofUsers(["u0", `u${NUM_USERS - 1}`]);
  expect(lists.flat().map((row) => row.value)).toEqual(Array(2 * NUM_ITEMS).fill(writers.length * ROUNDS));
  expect(lists[0]?.[0]?.timestampMs).toBe(T0);
}

async function nothingSurfaces([first, second, third]: Writers): Promise<void> {
  const rows = everyPair();
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all([
      first.feedback.upsert(rows, { mode: "overwrite" }),
      second.feedback.upsert(rows.toReversed(), { mode: "sum", autoInsertItems: false }),
      third.users.delete(USER_IDS.toReversed()),
      second.items.delete(ITEM_IDS.slice(0, 10)),
      third.items.upsert(ITEM_IDS.map((id) => item(id, { categories: [`c${round}`], comment: `c${round}` }))),
      first.items.upsert(ITEM_IDS.toReversed().map((id) => item(id, { categories: [`d${round}`], comment: `d${round}` }))),
    ]);
    for (const row of await first.items.get(ITEM_IDS)) {
      // An item that feedback has brought back has neither.
      if (row !== undefined) expect(row.categories.join()).toBe(row.comment);
    }
  }
  await first.items.upsert(ITEM_IDS.map((id) => item(id, { categories: ["last"] })));
  expect((await second.items.latest({ limit: 100, categories: ["last"] })).length).toBe(NUM_ITEMS);
}

async function lateFeedbackBringsBack([deleter, writer]: Writers): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    // Rows enough to make the deletion last for some of the writes.
    const rows = Array.from({ length: 3000 }, (_, index) => [feedback(`click u i${index}`), feedback(`click u${index} i`)]);
    await writer.feedback.upsert(rows.flat(), { mode: "overwrite" });
    let isDeleted = false;
    const deletion = Promise.all([deleter.users.delete(["u"]), deleter.items.delete(["i"])]).then(() => {
      isDeleted = true;
    });
    for (let call = 0; !isDeleted; call++) {
      const late = [feedback(`click u late${call}`), feedback(`click late${call} i`)];
      await writer.feedback.upsert(late, { mode: "sum" });
    }
    await deletion;
    expect(await orphansOf(deleter)).toEqual([]);
  }
}

async function purgeTakesAll([purger, writer]: Writers): Promise<void> {
  const rows = everyPair();
  const half = rows.length / 2;
  for (let round = 0; round < 2 * ROUNDS; round++) {
    await writer.feedback.upsert(rows, { mode: "overwrite" });
    const writes = [rows.slice(0, half), rows.slice(half)].map((part) => writer.feedback.upsert(part, { mode: "overwrite" }));
    await Promise.all([purger.purge(), ...writes]);
    expect(await orphansOf(purger)).toEqual([]);
  }
  await purger.purge();
  expect([await purger.users.count(), await purger.items.count(), await purger.feedback.count()]).toEqual([0, 0, 0]);
}

export const contentionTests: readonly ConformanceTest<Writers>[] = [
  { name: "writers > bulk writes of the same rows in several orders add up", run: bulkWritesAddUp },
  { name: "writers > deleting, changing and inserting the same entities at once surfaces no conflict", run: nothingSurfaces },
  { name: "writers > feedback that comes in while its user or item is deleted brings them back", run: lateFeedbackBringsBack },
  { name: "writers > a purge beside writes leaves no feedback without its user and item", run: purgeTakesAll },
];
