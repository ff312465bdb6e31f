import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { ManualClock } from "@furze/core";
import { expect, test } from "vitest";
import { openCacheStore, openDataStore } from "./open-store.ts";
import { parseStoreUri } from "./store-uri.ts";

test("paths: relative, absolute, of the home folder, with parameters of other drivers", () => {
  expect(parseStoreUri("sqlite://data/furze.db")).toEqual({ scheme: "sqlite", path: "data/furze.db" });
  expect(parseStoreUri("sqlite:///var/lib/a b.db").path).toBe("/var/lib/a b.db");
  expect(parseStoreUri("sqlite://~/x.db").path).toBe(join(homedir(), "x.db"));
  expect(parseStoreUri("SQLite://~x/y.db?_pragma=busy_timeout(5000)").path).toBe("~x/y.db");
});

test("another scheme is refused with the list of those supported", () => {
  for (const uri of ["mysql://u:secret@h/db", "redis://h", "/a/path.db", "", "sqlite:/x"]) {
    expect(() => parseStoreUri(uri)).toThrow(/supported are: sqlite:\/\//);
    expect(() => parseStoreUri(uri)).not.toThrow(/secret/);
  }
  expect(() => parseStoreUri("sqlite://")).toThrow(/lacks the path/);
});

test("stores open by URI, data and cache in one file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "furze-uri-"));
  const uri = `sqlite://${folder}/sub/one.db`;
  const clock = new ManualClock(0);
  const data = await openDataStore(uri);
  const cache = await openCacheStore(uri, { clock });
  await Promise.all([data.migrate(), cache.migrate()]);
  await data.users.upsert([{ userId: "u", labels: null, comment: "" }]);
  const list = { entries: [], updatedMs: 0, digest: "", modelId: "" };
  await cache.putLists([{ collection: "c", name: "n", list, expiresMs: 10 }]);
  expect(await data.users.count()).toBe(1);
  expect((await cache.getLists([{ collection: "c", name: "n" }])).lists).toEqual([list]);
  clock.advance(10);
  expect((await cache.getLists([{ collection: "c", name: "n" }])).lists).toEqual([undefined]);
  await Promise.all([data.close(), cache.close()]);
  rmSync(folder, { recursive: true });
});
