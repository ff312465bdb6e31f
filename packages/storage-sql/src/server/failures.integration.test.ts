import type { Feedback } from "@furze/core";
import type { DataStore } from "@furze/storage";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HangingProxy, type OwnServer, startOwnServer } from "../../test/own-server.ts";
import { openDataStore } from "../open-store.ts";

const SERVERS = [
  { name: "postgres", url: process.env.FURZE_TEST_POSTGRES_URL },
  { name: "mariadb", url: process.env.FURZE_TEST_MYSQL_URL },
] as const;

const SMALL_ROWS = 20;
const BULK_ROWS = 8000;

function rowsOf(userId: string, count: number): Feedback[] {
  return Array.from({ length: count }, (_, item) => ({
    ...{ feedbackType: "click", userId, itemId: `i${item}`, value: 1, timestampMs: 0, updatedMs: 0, comment: "" },
  }));
}

async function allUsers(store: DataStore): Promise<string[]> {
  const users: string[] = [];
  for await (const batch of store.users.scan()) users.push(...batch.map((user) => user.userId));
  return users;
}

describe.each(SERVERS)("failures of $name", ({ name, url }) => {
  describe.runIf(url !== undefined)("with a server of its own", () => {
    let server: OwnServer;

    beforeAll(async () => {
      server = await startOwnServer(name);
    });

    afterAll(() => server.remove());

    test("killed in the middle of bulk writes: nothing acknowledged is lost, nothing is half there, the store recovers", async () => {
      const store = await openDataStore(server.url, { retryForMs: 200 });
      await store.migrate();
      const acknowledged: string[] = [];
      const failures: unknown[] = [];
      let isDown = false;
      const write = async (userId: string, count: number) => {
        try {
          await store.feedback.upsert(rowsOf(userId, count), { mode: "sum" });
          acknowledged.push(userId);
        } catch (error) {
          failures.push(error);
        }
      };
      const writers = [0, 1, 2].map(async (writer) => {
        for (let call = 0; !isDown; call++) {
          await (writer === 0 ? write(`bulk-${call}`, BULK_ROWS) : write(`small-${writer}-${call}`, SMALL_ROWS));
        }
      });
      while (acknowledged.length < 30) await new Promise((resolve) => setImmediate(resolve));
      await server.kill();
      await expect(store.users.count()).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
      isDown = true;
      await Promise.all(writers);
      for (const failure of failures) expect(failure).toMatchObject({ code: "UNAVAILABLE", retryable: true });
      expect(failures).not.toEqual([]);

      await server.start();
      const users = await allUsers(store);
      expect(acknowledged.filter((userId) => !users.includes(userId))).toEqual([]);
      const lists = await store.feedback.ofUsers(users);
      const wrong = users.filter(
        (userId, index) => lists[index]?.length !== (userId.startsWith("bulk") ? BULK_ROWS : SMALL_ROWS),
      );
      expect(wrong).toEqual([]);
      await store.close();
    });

    test("calls made while the server restarts wait for it", async () => {
      const store = await openDataStore(server.url, { tablePrefix: "restart_", retryForMs: 30_000 });
      await store.migrate();
      await server.kill();
      const call = store.users.upsert([{ userId: "u", labels: null, comment: "" }]);
      await server.start();
      await call;
      expect(await store.users.count()).toBe(1);
      await store.close();
    });
  });

  describe.runIf(url !== undefined)("with a bad network", () => {
    const target = new URL(url ?? "http://none");
    let proxy: HangingProxy;

    beforeAll(async () => {
      proxy = await HangingProxy.open(target);
    });

    afterAll(() => proxy.close());

    test("a server that does not answer gives a retryable error in time, and is used again when it does", async () => {
      const limits = { retryForMs: 100, statementTimeoutMs: 200, connectTimeoutMs: 200 };
      const patient = await openDataStore(target.href, { tablePrefix: "slow_" });
      await patient.migrate();
      await patient.close();
      const store = await openDataStore(proxy.url(target), { tablePrefix: "slow_", ...limits });
      proxy.isHanging = true;
      const unavailable = { code: "UNAVAILABLE", retryable: true };
      await expect(store.users.count()).rejects.toMatchObject(unavailable);
      await expect(store.users.upsert([{ userId: "u", labels: null, comment: "" }])).rejects.toMatchObject(unavailable);
      proxy.isHanging = false;
      await store.users.count();
      await store.close();
    });

    test("connections that are cut are replaced without the caller noticing", async () => {
      const store = await openDataStore(proxy.url(target), { tablePrefix: "cut_" });
      await store.migrate();
      await store.purge();
      for (let round = 0; round < 5; round++) {
        proxy.cut();
        await store.users.upsert([{ userId: `u${round}`, labels: null, comment: "" }]);
      }
      expect(await store.users.count()).toBe(5);
      await store.close();
    });

    test("an abort ends a call at once though the server hangs", async () => {
      const store = await openDataStore(proxy.url(target), { tablePrefix: "cut_" });
      await store.ping();
      proxy.isHanging = true;
      const controller = new AbortController();
      const call = store.users.count({ signal: controller.signal });
      setImmediate(() => controller.abort());
      await expect(call).rejects.toMatchObject({ code: "ABORTED" });
      proxy.isHanging = false;
      proxy.cut();
      await store.close();
    });

    test("a database that does not exist is no reason to try again, missing tables say what to do", async () => {
      const elsewhere = new URL(target);
      elsewhere.pathname = "/nowhere";
      const wrong = await openDataStore(elsewhere.href);
      await expect(wrong.migrate()).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: false });
      await wrong.close();
      const empty = await openDataStore(target.href, { tablePrefix: "never_migrated_" });
      await expect(empty.users.count()).rejects.toThrow(/Call migrate\(\) first/);
      await empty.close();
    });
  });

  test("nobody listens: a retryable error that names the place and no password", async () => {
    const scheme = name === "postgres" ? "postgres" : "mysql";
    const store = await openDataStore(`${scheme}://me:secret@127.0.0.1:1/db`, { retryForMs: 100 });
    const call = store.ping();
    await expect(call).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
    await expect(call).rejects.toThrow(/127\.0\.0\.1:1/);
    await expect(call).rejects.not.toThrow(/secret/);
    await store.close();
  });
});
