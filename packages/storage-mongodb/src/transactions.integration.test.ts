import type { Feedback } from "@furze/core";
import type { DataStore } from "@furze/storage";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ReplicaSetProxy } from "../test/mongo-proxy.ts";
import { ownDatabase } from "../test/own-database.ts";
import { openMongoDataStore } from "./open-mongo-store.ts";

// The server of FURZE_TEST_MONGODB_URL.
const uri = ownDatabase("transactions");

function row(userId: string, value = 1): Feedback {
  return { feedbackType: "click", userId, itemId: "i", value, timestampMs: 0, updatedMs: 0, comment: "" };
}

describe.runIf(uri !== "")("transactions, told by what is sent to a member of a replica set", () => {
  let proxy: ReplicaSetProxy;
  let store: DataStore;

  beforeAll(async () => {
    const target = new URL(uri);
    proxy = await ReplicaSetProxy.open(target);
    store = await openMongoDataStore({ uri: `mongodb://${proxy.host}${target.pathname}?replicaSet=rs` });
    await store.migrate();
  });

  beforeEach(async () => {
    await store.purge();
    proxy.takeTransactions();
  });

  afterAll(async () => {
    await store.close();
    await proxy.close();
  });

  const sent = () => proxy.takeTransactions().map(({ name, isFirst }) => (isFirst ? `${name}, first` : name));

  test("all that a call does is one transaction, reads too", async () => {
    expect(store.capabilities.atomicWrites).toBe(true);
    await store.feedback.upsert([row("a"), row("b")], { mode: "sum" });
    const commands = proxy.takeTransactions();
    expect(new Set(commands.map((command) => command.txnNumber)).size).toBe(1);
    expect(commands.map((command) => command.name)).toEqual([
      ...["find", "find", "update", "update", "update"],
      "commitTransaction",
    ]);
    expect(commands.map((command) => command.isFirst)).toEqual([true, ...Array(5).fill(false)]);
    await store.users.delete(["a"]);
    expect(sent()).toEqual(["delete, first", "delete", "commitTransaction"]);
  });

  test("an abort ends the transaction", async () => {
    await store.users.count();
    const controller = new AbortController();
    const writing = store.feedback.upsert([row("a")], { mode: "sum", signal: controller.signal });
    controller.abort();
    await expect(writing).rejects.toMatchObject({ code: "ABORTED" });
    await store.users.upsert([{ userId: "b", labels: null, comment: "" }]);
    expect(await store.users.count()).toBe(1);
    expect(proxy.takeTransactions().filter((command) => command.name === "commitTransaction").length).toBe(1);
  });

  test("one that loses against another is run again as a whole", async () => {
    proxy.failNext("update", { code: 112, label: "TransientTransactionError" });
    await store.feedback.upsert([row("a", 2)], { mode: "sum" });
    expect(sent()).toEqual([
      ...["find, first", "find", "update", "abortTransaction"],
      ...["find, first", "find", "update", "update", "update", "commitTransaction"],
    ]);
    expect((await store.feedback.ofUsers(["a"]))[0]?.[0]?.value).toBe(2);
  });

  test("a commit whose answer is lost is repeated, and nothing else: added values count once", async () => {
    proxy.failNext("commitTransaction", "cut");
    await store.feedback.upsert([row("a", 2)], { mode: "sum" });
    const names = sent();
    expect(names.filter((name) => name === "commitTransaction").length).toBe(2);
    expect(names.filter((name) => name === "find, first").length).toBe(1);
    expect((await store.feedback.ofUsers(["a"]))[0]?.[0]?.value).toBe(2);
  });

  test("the connection breaks before the commit: the transaction is run again", async () => {
    proxy.failNext("find", "cut");
    await store.feedback.upsert([row("a", 2)], { mode: "sum" });
    expect((await store.feedback.ofUsers(["a"]))[0]?.[0]?.value).toBe(2);
    expect(sent().at(-1)).toBe("commitTransaction");
  });
});
