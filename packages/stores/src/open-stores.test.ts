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

  it("open MongoDB without asking it, and tell its password to nobody", async () => {
    const uri = "mongodb://scott:tiger@127.0.0.1:1/db?serverSelectionTimeoutMS=50";
    for (const store of [await openDataStore(uri, { tablePrefix: "a_" }), await openCacheStore(uri)]) {
      const ping = store.ping();
      await expect(ping).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
      await expect(ping).rejects.not.toThrow("tiger");
      await store.close();
    }
    await expect(openDataStore("mongodb://scott:tiger@host")).rejects.toThrow(/name of the database/);
  });

  it("open ClickHouse for data, not for lists, without asking it", async () => {
    for (const scheme of ["clickhouse", "chhttp", "chhttps"]) {
      await (await openDataStore(`${scheme}://127.0.0.1:1/furze`, { tablePrefix: "a_" })).close();
      await expect(openCacheStore(`${scheme}://127.0.0.1:1/furze`)).rejects.toThrow(`no store for ${scheme}://; supported are`);
    }
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

  it("opens buckets without asking the services, with the options of their own", async () => {
    const options = { s3: { endpoint: "127.0.0.1:1", accessKeyId: "a", secretAccessKey: "b", timeoutMs: 1000 } };
    const store = await openBlobStore("s3://bucket/prefix", options);
    await expect(store.list()).rejects.toThrow(/^s3:\/\/bucket\/prefix cannot be reached/);
    await store.close();
    await (await openBlobStore("gs://bucket", { gcs: { endpoint: "http://127.0.0.1:1" } })).close();
    await (await openBlobStore("az://box", { azure: { accountName: "a", accountKey: "b" } })).close();
    await expect(openBlobStore("az://box")).rejects.toThrow(/name and a key of an account/);
  });

  it("says which schemes there are", async () => {
    const supported = "no store for ftp://; supported are file://, s3://, gs://, az://";
    await expect(openBlobStore("ftp://me:secret@host")).rejects.toThrow(supported);
  });
});
