import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { ManualClock } from "@furze/core";
import { expect, test } from "vitest";
import { openCacheStore, openDataStore } from "./open-store.ts";
import { parseStoreUri } from "./store-uri.ts";

test("paths: relative, absolute, of the home folder, with parameters of other drivers", () => {
  expect(parseStoreUri("sqlite://data/furze.db")).toEqual({ scheme: "sqlite", path: "data/furze.db" });
  expect(parseStoreUri("sqlite:///var/lib/a b.db")).toMatchObject({ path: "/var/lib/a b.db" });
  expect(parseStoreUri("sqlite://~/x.db")).toMatchObject({ path: join(homedir(), "x.db") });
  expect(parseStoreUri("SQLite://~x/y.db?_pragma=busy_timeout(5000)")).toMatchObject({ path: "~x/y.db" });
});

test("addresses of servers pass as they are", () => {
  for (const scheme of ["postgres", "postgresql"]) {
    expect(parseStoreUri(`${scheme}://u@h/d`)).toEqual({ scheme: "postgres", uri: `${scheme}://u@h/d` });
  }
  expect(parseStoreUri("mysql://u:p@tcp(h:3306)/d?x=1")).toEqual({ scheme: "mysql", uri: "mysql://u:p@tcp(h:3306)/d?x=1" });
});

test("another scheme is refused with the list of those supported", () => {
  for (const uri of ["mongodb://u:secret@h/db", "redis://h", "/a/path.db", "", "sqlite:/x"]) {
    expect(() => parseStoreUri(uri)).toThrow(/supported are: sqlite:\/\/, postgres:\/\/, postgresql:\/\/, mysql:\/\//);
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
