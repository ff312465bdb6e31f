import type { Feedback } from "@furze/core";
import type { DataStore } from "@furze/storage";
import { describeDataStoreFailures } from "@furze/storage/conformance";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOwnServer } from "../../../test/support/own-server.ts";
import { UnreliableProxy } from "../test/unreliable-proxy.ts";
import { openClickhouseDataStore } from "./open-clickhouse-data-store.ts";

const uri = process.env.FURZE_TEST_CLICKHOUSE_URL ?? "";

const UNAVAILABLE = { code: "UNAVAILABLE", retryable: true };

function rowsOf(userId: string, count: number): Feedback[] {
  return Array.from({ length: count }, (_, item) => ({
    ...{ feedbackType: "click", userId, itemId: `i${item}`, value: 1, timestampMs: 0, updatedMs: 0, comment: "" },
  }));
}

describe.runIf(uri !== "")("a ClickHouse of its own", () => {
  describeDataStoreFailures("storage-clickhouse", {
    startServer: () => startOwnServer("clickhouse"),
    open: (address, options) => openClickhouseDataStore({ uri: address, ...options }),
    scheme: "clickhouse:",
  });
});

describe.runIf(uri !== "")("a bad way to ClickHouse", () => {
  let proxy: UnreliableProxy;

  beforeAll(async () => {
    proxy = await UnreliableProxy.open(uri);
  });

  afterAll(() => proxy.close());

  const withStore = async (options: object, run: (store: DataStore) => Promise<void>) => {
    const store = await openClickhouseDataStore({ uri: proxy.uri, tablePrefix: "bad_way_", ...options });
    try {
      await store.migrate();
      await store.purge();
      await run(store);
    } finally {
      proxy.trouble = () => "none";
      await store.close();
    }
  };

  test("an insert whose answer is lost is repeated and counts once", () =>
    withStore({}, async (store) => {
      let numInserts = 0;
      proxy.trouble = (statement) =>
        statement.startsWith("INSERT INTO bad_way_records") && ++numInserts <= 2 ? "lose the answer" : "none";
      await store.feedback.upsert(rowsOf("u", 3), { mode: "sum" });
      await store.feedback.upsert(rowsOf("u", 3), { mode: "sum" });
      expect(numInserts).toBe(4);
      expect((await store.feedback.ofUsers(["u"]))[0]?.map((row) => row.value)).toEqual([2, 2, 2]);
    }));

  test("a server that does not answer gives a retryable error in time, and is used again when it does", () =>
    withStore({ retryForMs: 100, statementTimeoutMs: 2000 }, async (store) => {
      proxy.trouble = () => "hang";
      await expect(store.users.count()).rejects.toMatchObject(UNAVAILABLE);
      proxy.trouble = () => "none";
      expect(await store.users.count()).toBe(0);
    }));

  test("an abort ends a call at once though the server hangs", () =>
    withStore({}, async (store) => {
      const { promise: asked, resolve } = Promise.withResolvers<void>();
      proxy.trouble = () => {
        resolve();
        return "hang";
      };
      const controller = new AbortController();
      const call = store.users.count({ signal: controller.signal });
      await asked;
      controller.abort();
      await expect(call).rejects.toMatchObject({ code: "ABORTED" });
    }));

  test("what passes is tried again, what does not pass is told at once", () =>
    withStore({ retryForMs: 5000 }, async (store) => {
      let numAsked = 0;
      proxy.trouble = () =>
        ++numAsked === 1
          ? { status: 500, code: "252", text: "Code: 252. DB::Exception: Too many parts. (TOO_MANY_PARTS)" }
          : "none";
      await store.users.upsert([{ userId: "u", labels: null, comment: "" }]);
      expect(numAsked).toBe(2);
      proxy.trouble = () => {
        numAsked++;
        return {
          status: 403,
          code: "516",
          text: "Code: 516. DB::Exception: default: Authentication failed. (AUTHENTICATION_FAILED)",
        };
      };
      await expect(store.users.count()).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: false });
      expect(numAsked).toBe(3);
    }));

  test("a database that does not exist is no reason to try again, missing tables say what to do", async () => {
    const wrong = await openClickhouseDataStore({ uri: uri.replace(/[^/]*$/, "nowhere") });
    await expect(wrong.migrate()).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: false });
    await wrong.close();
    const empty = await openClickhouseDataStore({ uri, tablePrefix: "never_migrated_" });
    await expect(empty.users.count()).rejects.toThrow(/Call migrate\(\) first/);
    await empty.close();
  });
});
