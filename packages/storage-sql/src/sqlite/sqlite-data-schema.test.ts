import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Feedback, FeedbackKey } from "@furze/core";
import type { DataStore } from "@furze/storage";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dataSchema } from "./sqlite-data-schema.ts";
import { openSqliteDataStore } from "./sqlite-data-store.ts";
import { migrateSqlite } from "./sqlite-migrator.ts";
import { openSqliteSession } from "./sqlite-session.ts";

const PREFIX = "p_";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "furze-schema-"));
  path = join(folder, "data.db");
});

afterEach(() => rmSync(folder, { recursive: true }));

const ROWS: readonly Feedback[] = ["click", "like", "é"].flatMap((feedbackType, type) =>
  ["u1", "u2", "😀"].flatMap((userId, user) =>
    ["i1", "i2"].map((itemId, item) => ({
      ...{ feedbackType, userId, itemId, value: type + user / 2, timestampMs: user * 1000 + item, updatedMs: 5000 },
      comment: `${feedbackType} of ${userId}`,
    })),
  ),
);

/** A store as the releases before the last step made it, with rows. */
async function makeStoreOfStep2(): Promise<void> {
  const schema = dataSchema(PREFIX);
  const session = await openSqliteSession({ path, isDurable: false, pageSizeBytes: 4096, busyTimeoutMs: 1000 });
  const old = { ...schema, migrations: schema.migrations.filter(({ version }) => version <= 2) };
  await migrateSqlite(session, old, undefined);
  await session.write((connection) => {
    const insert = connection.prepare(`INSERT INTO "${PREFIX}feedback" VALUES (?, ?, ?, ?, ?, ?, ?)`);
    for (const row of ROWS.toReversed()) {
      const { userId, itemId, feedbackType, value, timestampMs, updatedMs, comment } = row;
      insert.run(userId, itemId, feedbackType, value, timestampMs, updatedMs, comment);
    }
  }, undefined);
  await session.close();
}

async function withStore(run: (store: DataStore) => Promise<void>): Promise<void> {
  const store = await openSqliteDataStore({ path, tablePrefix: PREFIX });
  await store.migrate();
  await run(store);
  await store.close();
}

function feedbackSchema(file: string): unknown[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const sql = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE tbl_name LIKE 'p_feedback%' ORDER BY type, name";
  const found = database.prepare(sql).all();
  database.close();
  return found;
}

test("feedback of a store of an earlier release is found again after migration, in every way of asking", async () => {
  await makeStoreOfStep2();
  await withStore(async ({ feedback }) => {
    expect((await feedback.list({ limit: 100 })).rows).toEqual(ROWS);
    const keys: FeedbackKey[] = [];
    for await (const batch of feedback.scan({ order: "user" })) keys.push(...batch);
    expect(keys.map(({ userId }) => userId)).toEqual(["u1", "u2", "😀"].flatMap((userId) => Array(6).fill(userId)));
    const [ofUser = []] = await feedback.ofUsers(["😀"]);
    expect(ofUser).toEqual(ROWS.filter(({ userId }) => userId === "😀").sort((a, b) => b.timestampMs - a.timestampMs));
    expect((await feedback.ofItems(["i2"]))[0]).toHaveLength(9);
    expect((await feedback.ofPair("u2", "i1")).map((row) => row.feedbackType)).toEqual(["click", "like", "é"]);
    await feedback.upsert([{ ...(ROWS[0] as Feedback), value: 2 }], { mode: "sum" });
    expect((await feedback.ofPair("u1", "i1", { feedbackType: "click" })).map((row) => row.value)).toEqual([2]);
    expect(await feedback.count()).toBe(ROWS.length);
  });
});

test("a migrated store and a fresh one have the same tables, and migrating again changes nothing", async () => {
  await makeStoreOfStep2();
  await withStore(async (store) => store.migrate());
  const migrated = feedbackSchema(path);
  path = join(folder, "fresh.db");
  await withStore(async () => {});
  expect(feedbackSchema(path)).toEqual(migrated);
  expect(migrated.map((one) => (one as { name: string }).name)).toEqual([
    "p_feedback_by_item",
    "p_feedback",
    "p_feedback_types",
  ]);
});

test("types come and go: rows of a type that others knew first, none of one that is left without rows, none after a purge", async () => {
  await withStore(async (store) => {
    const { feedback, users } = store;
    const other = await openSqliteDataStore({ path, tablePrefix: PREFIX });
    await other.feedback.upsert(ROWS.slice(0, 1), { mode: "sum" });
    expect(await feedback.ofUsers(["u1"])).toEqual([ROWS.slice(0, 1)]);
    await feedback.upsert(ROWS, { mode: "overwrite" });
    expect((await other.feedback.ofUsers(["u1"]))[0]).toHaveLength(6);
    expect(await users.delete(["u1"])).toBe(1);
    expect(await other.feedback.count()).toBe(ROWS.length - 6);
    expect(await feedback.deletePair("u2", "i1")).toBe(3);
    expect((await other.feedback.ofUsers(["u1", "u2"])).map((list) => list.length)).toEqual([0, 3]);
    await store.purge();
    await other.feedback.upsert(ROWS.slice(-1), { mode: "sum" });
    expect(await feedback.ofUsers(["😀"])).toEqual([ROWS.slice(-1)]);
    await other.close();
  });
});
