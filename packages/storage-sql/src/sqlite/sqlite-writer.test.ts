import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqliteDataStore } from "./sqlite-data-store.ts";
import { openSqliteSession, type SqliteSession } from "./sqlite-session.ts";

let folder: string;
let session: SqliteSession;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "furze-writer-"));
  session = await openSession(join(folder, "a.db"));
  await session.write((connection) => connection.execute("CREATE TABLE t (x INTEGER PRIMARY KEY)"), undefined);
});

afterEach(async () => {
  await session.close();
  rmSync(folder, { recursive: true });
});

function openSession(path: string, busyTimeoutMs = 200): Promise<SqliteSession> {
  return openSqliteSession({ path, isDurable: true, pageSizeBytes: 4096, busyTimeoutMs });
}

function insert(x: number): Promise<number> {
  return session.write((connection) => Number(connection.prepare("INSERT INTO t VALUES (?)").run(x).changes), undefined);
}

function stored(): unknown[] {
  return session.read((reader) => reader.prepare("SELECT x FROM t ORDER BY x").all(), undefined).flat();
}

test("calls of one turn share a transaction, and a failing one leaves its neighbours alone", async () => {
  const transactions = new Set<unknown>();
  const calls = [1, 2, 1, 3].map((x) =>
    session.write((connection) => {
      connection.prepare("INSERT INTO t VALUES (?)").run(x);
      transactions.add(stored().length);
    }, undefined),
  );
  const results = await Promise.allSettled(calls);
  expect(results.map((result) => result.status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  // Another connection saw nothing before the common commit, and all of it afterwards.
  expect([...transactions]).toEqual([0]);
  expect(stored()).toEqual([1, 2, 3]);
});

test("a call that fails after its first rows takes them back", async () => {
  const failing = session.writeSliced(function* (connection) {
    for (const x of [5, 6, 5]) {
      connection.prepare("INSERT INTO t VALUES (?)").run(x);
      yield;
    }
  }, undefined);
  const other = insert(7);
  await expect(failing).rejects.toMatchObject({ code: "INTERNAL" });
  await other;
  expect(stored()).toEqual([7]);
});

test("a write waits for the lock of another process without blocking the event loop, then gives up as retryable", async () => {
  const other = new DatabaseSync(join(folder, "a.db"));
  other.exec("BEGIN IMMEDIATE");
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await expect(insert(1)).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
  const waiting = insert(2);
  setImmediate(() => other.exec("ROLLBACK"));
  expect(await waiting).toBe(1);
  other.close();
  expect(stored()).toEqual([2]);
});

test("a long write leaves the event loop its turns", async () => {
  let turns = 0;
  let isDone = false;
  const turn = (): void => {
    turns++;
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  await session.writeSliced(function* (connection) {
    for (let x = 0; x < 200_000; x++) {
      connection.prepare("INSERT INTO t VALUES (?)").run(x);
      if (x % 100 === 0) yield;
    }
  }, undefined);
  isDone = true;
  expect(turns).toBeGreaterThan(5);
});

test("a folder that cannot be made, a folder as a file and a file that is no database: one clear sentence each", async () => {
  writeFileSync(join(folder, "file"), "x".repeat(5000));
  await expect(openSession(join(folder, "file", "a.db"))).rejects.toThrow(
    /^The folder .*file of the SQLite file cannot be created/,
  );
  await expect(openSession(folder)).rejects.toThrow(/cannot be opened: check that the path is a file/);
  await expect(openSession(join(folder, "file"))).rejects.toThrow(/is damaged or no SQLite database\.$/);
});

test("using a store before migrate says what to do", async () => {
  const store = await openSqliteDataStore({ path: join(folder, "new", "data.db") });
  await expect(store.users.count()).rejects.toThrow(/no such table: users\. Call migrate\(\) first\./);
  await store.close();
});

test("stores with different prefixes share a file without touching each other", async () => {
  const path = join(folder, "shared.db");
  const [one, two] = await Promise.all(["a_", "b_"].map((tablePrefix) => openSqliteDataStore({ path, tablePrefix })));
  if (one === undefined || two === undefined) throw new Error("unreachable");
  await Promise.all([one.migrate(), two.migrate()]);
  await one.items.upsert([{ itemId: "i", isHidden: false, categories: ["c"], timestampMs: 0, labels: null, comment: "" }]);
  expect(await two.items.latest({ limit: 1, categories: ["c"] })).toEqual([]);
  expect((await one.items.latest({ limit: 1, categories: ["c"] })).length).toBe(1);
  await Promise.all([one.close(), two.close()]);
  await expect(openSqliteDataStore({ path, tablePrefix: 'x"; DROP' })).rejects.toMatchObject({ path: "tablePrefix" });
});
