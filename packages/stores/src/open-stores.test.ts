import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openBlobStore, openCacheStore, openDataStore } from "./open-stores.ts";

const folder = mkdtempSync(join(tmpdir(), "furze-stores-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("openDataStore and openCacheStore", () => {
  it("open what the URI names", async () => {
    const dataStore = await openDataStore(`sqlite://${folder}/data.sqlite`, { tablePrefix: "a_" });
    await dataStore.migrate();
    expect(await dataStore.users.count()).toBe(0);
    await dataStore.close();
    const cacheStore = await openCacheStore(`sqlite://${folder}/cache.sqlite`);
    await cacheStore.migrate();
    expect(await cacheStore.getValues(["x"])).toEqual([undefined]);
    await cacheStore.close();
  });

  it("say which schemes there are, and never repeat a password", async () => {
    const data = openDataStore("oracle://scott:tiger@host/db");
    await expect(data).rejects.toThrow("no store for oracle://; supported are sqlite://, postgres://");
    await expect(data).rejects.not.toThrow("tiger");
    await expect(openCacheStore("somewhere")).rejects.toThrow(/^no store for no scheme; .*redis\+cluster:\/\//);
    await expect(openDataStore("redis://host")).rejects.toThrow("no store for redis://");
  });
});

describe("openBlobStore", () => {
  it("opens a folder", async () => {
    const store = await openBlobStore(join(folder, "blobs"));
    await store.put("a", new Uint8Array([1]));
    expect((await store.list()).map((blob) => blob.name)).toEqual(["a"]);
    await store.close();
  });
});
