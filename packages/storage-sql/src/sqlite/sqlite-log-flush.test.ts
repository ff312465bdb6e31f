import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SqliteConnection } from "./sqlite-connection.ts";
import { SqliteLogFlush } from "./sqlite-log-flush.ts";
import { SqliteWriter } from "./sqlite-writer.ts";

let folder: string;
let path: string;
let connection: SqliteConnection;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "furze-log-"));
  path = join(folder, "a.db");
  connection = new SqliteConnection({ path, pageSizeBytes: 4096, blockingBusyMs: 0, isReader: false });
});

afterEach(() => {
  connection.close();
  rmSync(folder, { recursive: true });
});

test("calls of one moment share a flush; two are under way at once, and calls made during both share the next", async () => {
  const log = await SqliteLogFlush.open(path, connection);
  const first = log.flush();
  expect(log.flush()).toBe(first);
  await Promise.resolve();
  const second = log.flush();
  expect(second).not.toBe(first);
  await Promise.resolve();
  const third = log.flush();
  expect(third).not.toBe(second);
  await Promise.resolve();
  expect(log.flush()).toBe(third);
  const order: string[] = [];
  const note = (name: string) => () => void order.push(name);
  await Promise.all([third.then(note("third")), first.then(note("first")), second.then(note("second"))]);
  expect(order[0]).not.toBe("third");
  await log.close();
});

test("one that fails fails the one beside it and all after it", async () => {
  const log = await SqliteLogFlush.open(path, connection);
  const [failing, working] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const file = await open(path);
  const datasync = vi.spyOn(Object.getPrototypeOf(file), "datasync");
  datasync.mockReturnValueOnce(failing.promise).mockReturnValueOnce(working.promise);
  await file.close();
  const first = log.flush();
  await Promise.resolve();
  const second = log.flush();
  await Promise.resolve();
  expect(datasync).toHaveBeenCalledTimes(2);
  failing.reject(new Error("EIO"));
  await expect(first).rejects.toThrow(/cannot be flushed/);
  working.resolve();
  await expect(second).rejects.toThrow(/cannot be flushed/);
  await expect(log.flush()).rejects.toThrow(/cannot be flushed/);
  expect(datasync).toHaveBeenCalledTimes(2);
  datasync.mockRestore();
  await log.close();
});

test("closing waits for the flushes under way", async () => {
  const log = await SqliteLogFlush.open(path, connection);
  const settled: string[] = [];
  void log.flush().then(() => settled.push("flush"));
  await log.close();
  expect(settled).toEqual(["flush"]);
});

test("finds the log of a file that a symbolic link leads to", async () => {
  const link = join(folder, "link.db");
  symlinkSync(path, link);
  const log = await SqliteLogFlush.open(link, connection);
  await log.flush();
  await log.close();
});

test("a log that is not there says which file", async () => {
  await expect(SqliteLogFlush.open(join(folder, "none.db"), connection)).rejects.toThrow(/none\.db cannot be opened/);
});

test("a write whose flush fails is reported, and so are all after it", async () => {
  const log = await SqliteLogFlush.open(path, connection);
  // Stands for a disk that fails: the system refuses to flush a file that is closed.
  await log.close();
  const writer = new SqliteWriter({ path, connection, busyTimeoutMs: 200, logFlush: log });
  const write = () =>
    writer.write(function* (opened) {
      opened.execute("CREATE TABLE IF NOT EXISTS t (x)");
      yield;
    }, undefined);
  const failure = { code: "UNAVAILABLE", retryable: false, message: expect.stringContaining("cannot be flushed") };
  await expect(write()).rejects.toMatchObject(failure);
  await expect(write()).rejects.toMatchObject(failure);
});
