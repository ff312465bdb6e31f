import type { Feedback } from "@furze/core";
import type { DataStore } from "@furze/storage";
import { describeDataStoreFailures } from "@furze/storage/conformance";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type OwnServer, startOwnServer } from "../../../test/support/own-server.ts";
import { openMongoCacheStore, openMongoDataStore } from "./open-mongo-store.ts";

const RETRYABLE = { code: "UNAVAILABLE", retryable: true };
const FINAL = { code: "UNAVAILABLE", retryable: false };
const BULK_ROWS = 500;
const KILLED = {
  test: "server > killed in the middle of bulk writes: nothing acknowledged is lost, nothing is half there",
  reason: "the stand-in keeps its data in memory and has no transactions",
};

function rowsOf(userId: string, count: number): Feedback[] {
  return Array.from({ length: count }, (_, item) => ({
    ...{ feedbackType: "click", userId, itemId: `i${item}`, value: 1, timestampMs: 0, updatedMs: 0, comment: "" },
  }));
}

const ANN = { userId: "ann", labels: null, comment: "" };

// Such servers are there exactly when this is set; the one that is killed here is the test's own. An unhandled rejection anywhere
// fails the run.
describe.runIf(process.env.FURZE_TEST_MONGODB_URL !== undefined)("a MongoDB in trouble", () => {
  let server: OwnServer;
  const stores: { close(): Promise<void> }[] = [];

  async function open(options: Partial<Parameters<typeof openMongoDataStore>[0]> = {}): Promise<DataStore> {
    const store = await openMongoDataStore({ uri: server.uri, ...options });
    stores.push(store);
    return store;
  }

  function isBack(store: DataStore): Promise<void> {
    return vi.waitFor(() => store.ping(), { timeout: 20_000, interval: 50 });
  }

  beforeAll(async () => {
    server = await startOwnServer("mongo");
  });

  afterEach(async () => {
    await server.resume();
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });

  afterAll(() => server.remove());

  test("killed under load: every call ends in success or an error to retry, and the restarted server is used again", async () => {
    const store = await open({ retryForMs: 300 });
    await isBack(store);
    const failures: unknown[] = [];
    let numStored = 0;
    let isDown = false;
    const writers = [0, 1, 2].map(async (writer) => {
      for (let call = 0; !isDown; call++) {
        const mode = writer === 0 ? "overwrite" : "sum";
        try {
          await store.feedback.upsert(rowsOf(`${writer}-${call}`, BULK_ROWS), { mode });
          numStored++;
        } catch (error) {
          failures.push(error);
        }
      }
    });
    await vi.waitFor(() => expect(numStored).toBeGreaterThan(5), { timeout: 30_000 });
    await server.kill();
    await expect(store.users.count()).rejects.toMatchObject(RETRYABLE);
    isDown = true;
    await Promise.all(writers);
    for (const failure of failures) expect(failure).toMatchObject(RETRYABLE);
    expect(failures).not.toEqual([]);
    await server.start();
    await isBack(store);
    await store.migrate();
    await store.users.upsert([ANN]);
    expect(await store.users.get(["ann"])).toEqual([ANN]);
  });

  test("a scan that loses its cursor goes on behind the last row", async () => {
    const store = await open({ tablePrefix: "scan_", retryForMs: 60_000 });
    const users = Array.from({ length: 30 }, (_, index) => ({ ...ANN, userId: `u${String(index).padStart(2, "0")}` }));
    await store.users.upsert(users);
    const seen: string[] = [];
    for await (const batch of store.users.scan({ batchSize: 10 })) {
      seen.push(...batch.map((user) => user.userId));
      if (seen.length > 10) continue;
      await server.kill();
      await server.start();
      await store.users.upsert(users);
    }
    expect(seen).toEqual(users.map((user) => user.userId));
  });

  test("a server that does not answer gives a retryable error in time, ends aborted calls at once, and is used again", async () => {
    const store = await open({ tablePrefix: "slow_", retryForMs: 100, commandTimeoutMs: 300, connectTimeoutMs: 300 });
    await isBack(store);
    await server.freeze();
    const controller = new AbortController();
    const call = expect(store.users.count({ signal: controller.signal })).rejects.toMatchObject({ code: "ABORTED" });
    controller.abort();
    await call;
    await expect(store.users.count()).rejects.toMatchObject(RETRYABLE);
    await expect(store.users.upsert([ANN])).rejects.toMatchObject(RETRYABLE);
    await server.resume();
    await isBack(store);
  });

  test("a server that is busy for a moment is waited for", async () => {
    const store = await open({ tablePrefix: "busy_" });
    await store.migrate();
    await server.freeze();
    const call = store.users.upsert([ANN]);
    await server.resume();
    await call;
    expect(await store.users.count()).toBe(1);
  });

  test("closing does not hang when the server is gone or never was", async () => {
    const store = await open({ commandTimeoutMs: 300, retryForMs: 100 });
    await isBack(store);
    await server.freeze();
    const call = expect(store.users.count()).rejects.toMatchObject(RETRYABLE);
    await store.close();
    await call;
    await server.resume();
    await expect(store.ping()).rejects.toMatchObject(FINAL);
  });
});

describe.runIf(process.env.FURZE_TEST_MONGODB_URL !== undefined)("a MongoDB of its own", () => {
  describeDataStoreFailures("storage-mongodb", {
    startServer: () => startOwnServer("mongo"),
    open: (uri, options) => openMongoDataStore({ uri, ...options }),
    scheme: "mongodb:",
    skip: [KILLED],
  });
});

test("nobody listens: the cache gives a retryable error that names the place and no password", async () => {
  const store = await openMongoCacheStore({ uri: "mongodb://me:secret@127.0.0.1:1/db", retryForMs: 100 });
  const call = store.ping();
  await expect(call).rejects.toMatchObject(RETRYABLE);
  await expect(call).rejects.toThrow(/127\.0\.0\.1:1/);
  await expect(call).rejects.not.toThrow(/secret/);
  await store.close();
});

test("a host that does not resolve is worth another try", async () => {
  const store = await openMongoDataStore({ uri: "mongodb+srv://me:secret@host.invalid/db", retryForMs: 100 });
  await expect(store.migrate()).rejects.toMatchObject({ ...RETRYABLE, message: expect.not.stringContaining("secret") });
  await store.close();
});
