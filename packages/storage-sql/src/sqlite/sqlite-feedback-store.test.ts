import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Feedback } from "@furze/core";
import type { DataStore } from "@furze/storage";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqliteDataStore } from "./sqlite-data-store.ts";

let folder: string;
let store: DataStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "furze-feedback-"));
  store = await openSqliteDataStore({ path: join(folder, "a.db") });
  await store.migrate();
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

function click(itemId: string): Feedback {
  return { feedbackType: "click", userId: "u", itemId, value: 1, timestampMs: 0, updatedMs: 0, comment: "" };
}

function insert(itemId: string, signal?: AbortSignal): Promise<unknown> {
  return store.feedback.upsert([click(itemId)], { mode: "sum", signal });
}

async function itemsOfUser(): Promise<string[]> {
  const [rows = []] = await store.feedback.ofUsers(["u"]);
  return rows.map((row) => row.itemId);
}

test("calls that came before the store was closed are stored, also those that wait for a batch; later ones are refused", async () => {
  const early = [insert("a"), insert("b")];
  const closing = store.close();
  await expect(insert("c")).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: false });
  await Promise.all([...early, closing]);
  store = await openSqliteDataStore({ path: join(folder, "a.db") });
  expect(await itemsOfUser()).toEqual(["a", "b"]);
});

test("many small calls at once are all stored before they answer, and sums of one key add up", async () => {
  await Promise.all(Array.from({ length: 100 }, (_, call) => insert(`i${call % 10}`)));
  expect((await store.feedback.ofPair("u", "i3")).map((row) => row.value)).toEqual([10]);
  expect(await itemsOfUser()).toHaveLength(10);
});

test("a call aborted while it waits stores nothing and leaves the others alone", async () => {
  const controller = new AbortController();
  const calls = [insert("a"), insert("b", controller.signal)];
  controller.abort();
  const results = await Promise.allSettled(calls);
  expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected"]);
  expect(await itemsOfUser()).toEqual(["a"]);
});

test("a scan by user keeps its order over hundreds of types, and so does the list of a user who has them all", async () => {
  const types = Array.from({ length: 300 }, (_, type) => `type-${1000 + ((type * 7) % 300)}`);
  const users = Array.from({ length: 20 }, (_, user) => `user-${100 + user}`);
  const rows = types.flatMap((feedbackType) => users.map((userId) => ({ ...click("i"), feedbackType, userId })));
  await store.feedback.upsert(rows, { mode: "sum" });
  const scanned: string[] = [];
  for await (const batch of store.feedback.scan({ order: "user", batchSize: 7 })) {
    scanned.push(...batch.map(({ userId, feedbackType }) => `${userId} ${feedbackType}`));
  }
  const expected = users.flatMap((userId) => types.toSorted().map((type) => `${userId} ${type}`));
  expect(scanned).toEqual(expected);
  const [ofUser = []] = await store.feedback.ofUsers(["user-105"]);
  expect(ofUser.map(({ feedbackType }) => feedbackType)).toEqual(types.toSorted());
});
