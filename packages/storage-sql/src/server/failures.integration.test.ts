import { describeDataStoreFailures } from "@furze/storage/conformance";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOwnServer } from "../../../../test/support/own-server.ts";
import { HangingProxy } from "../../test/hanging-proxy.ts";
import { openDataStore } from "../open-store.ts";

const SERVERS = [
  { name: "postgres", url: process.env.FURZE_TEST_POSTGRES_URL },
  { name: "mariadb", url: process.env.FURZE_TEST_MYSQL_URL },
] as const;

describe.each(SERVERS)("failures of $name", ({ name, url }) => {
  describe.runIf(url !== undefined)("with a server of its own", () => {
    describeDataStoreFailures(`storage-sql: ${name}`, {
      startServer: () => startOwnServer(name),
      open: openDataStore,
      scheme: name === "postgres" ? "postgres:" : "mysql:",
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
});
