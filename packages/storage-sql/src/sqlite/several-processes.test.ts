import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { DataStore } from "@furze/storage";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqliteDataStore } from "./sqlite-data-store.ts";

const SCRIPT = fileURLToPath(new URL("../../test/writer-process.ts", import.meta.url));

let folder: string;
let path: string;
let store: DataStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "furze-processes-"));
  path = join(folder, "data.db");
  store = await openSqliteDataStore({ path });
  await store.migrate();
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

function startWriter(...words: string[]): ChildProcess {
  return spawn(process.execPath, ["--conditions=@furze/source", SCRIPT, path, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

test("two processes that write the same rows at the same time lose no addition", async () => {
  const writer = startWriter("count", "150");
  const exit = once(writer, "exit");
  const rows = Array.from({ length: 5 }, (_, item) => ({
    feedbackType: "click",
    userId: "shared",
    itemId: `i${item}`,
    value: 1,
    timestampMs: 0,
    updatedMs: 0,
    comment: "",
  }));
  let calls = 0;
  while (writer.exitCode === null) {
    await Promise.all([rows, rows.toReversed()].map((one) => store.feedback.upsert(one, { mode: "sum" })));
    calls += 2;
  }
  expect(await exit).toEqual([0, null]);
  expect((await store.feedback.ofUsers(["shared"]))[0]?.map((row) => row.value)).toEqual(Array(5).fill(150 + calls));
}, 20_000);

test("a process killed in the middle of a bulk write loses nothing acknowledged and leaves nothing half-written", async () => {
  const writer = startWriter("until-killed");
  const exit = once(writer, "exit");
  const acknowledged: string[] = [];
  if (writer.stdout === null) throw new Error("the writer has no standard output");
  for await (const line of createInterface({ input: writer.stdout })) {
    acknowledged.push(line);
    if (acknowledged.length === 21) writer.kill("SIGKILL");
  }
  expect(await exit).toEqual([null, "SIGKILL"]);
  const users: string[] = [];
  for await (const batch of store.users.scan()) users.push(...batch.map((user) => user.userId));
  expect(acknowledged.filter((userId) => !users.includes(userId))).toEqual([]);
  const lists = await store.feedback.ofUsers(users);
  const wrong = users.filter((userId, index) => lists[index]?.length !== (userId.startsWith("bulk") ? 3000 : 20));
  expect(wrong).toEqual([]);
}, 20_000);
