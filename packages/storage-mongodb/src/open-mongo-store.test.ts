import { MongoClient, type MongoClientOptions } from "mongodb";
import { expect, test } from "vitest";
import { openMongoCacheStore, openMongoDataStore } from "./open-mongo-store.ts";

const uri = "mongodb://me:secret@127.0.0.1:1/db";

test.each([
  [{ uri: "mysql://h/db" }, "uri"],
  [{ uri, tablePrefix: "a-b" }, "tablePrefix"],
  [{ uri, maxConnections: 0 }, "maxConnections"],
  [{ uri, retryForMs: -1 }, "retryForMs"],
  [{ uri, commandTimeoutMs: Number.NaN }, "commandTimeoutMs"],
  [{ uri: `${uri}?noSuchOption=1` }, "uri"],
  [{ uri: `${uri}?tls=perhaps` }, "uri"],
  [{ uri: "mongodb://me:secret@h:1:2/db" }, "uri"],
])("%j is refused, without the password in the message", async (options, path) => {
  const opening = openMongoDataStore(options);
  await expect(opening).rejects.toMatchObject({ code: "INVALID_ARGUMENT", path });
  await expect(opening).rejects.not.toThrow(/secret/);
});

/** What the driver is given. */
async function settingsOf(
  open: typeof openMongoDataStore | typeof openMongoCacheStore,
  parameters: string,
): Promise<MongoClientOptions> {
  let seen: MongoClientOptions = {};
  class Client extends MongoClient {
    constructor(address: string, options: MongoClientOptions = {}) {
      super(address, options);
      seen = options;
    }
  }
  const store = await open({ uri: uri + parameters, loadDriver: async () => ({ MongoClient: Client }) });
  await store.close();
  return seen;
}

test("data are acknowledged from the journal of a majority, lists as the server has it", async () => {
  const concern = { writeConcern: { w: "majority", journal: true } };
  expect(await settingsOf(openMongoDataStore, "")).toMatchObject({ ...concern, maxPoolSize: 10, appName: "furze" });
  expect(await settingsOf(openMongoCacheStore, "")).not.toHaveProperty("writeConcern");
});

test("parameters of the address win", async () => {
  const settings = await settingsOf(openMongoDataStore, "?w=1&maxPoolSize=3&APPNAME=mine");
  for (const name of ["writeConcern", "maxPoolSize", "appName"]) expect(settings).not.toHaveProperty(name);
  expect(settings).toHaveProperty("socketTimeoutMS", 120_000);
});

test("the address tells how long to try, too", async () => {
  const store = await openMongoDataStore({ uri: `${uri}?serverSelectionTimeoutMS=50`, retryForMs: 600_000 });
  await expect(store.ping()).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
  await store.close();
});
