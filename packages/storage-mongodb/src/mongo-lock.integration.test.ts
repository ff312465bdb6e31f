import { MongoClient } from "mongodb";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { ownDatabase } from "../test/own-database.ts";
import { type LockDocument, withLock } from "./mongo-lock.ts";

// The server of FURZE_TEST_MONGODB_URL.
const uri = ownDatabase("locks");

describe.runIf(uri !== "")("the lock around migrations", () => {
  const client = new MongoClient(uri || "mongodb://none");
  const ledger = client.db().collection<LockDocument>("ledger");

  beforeEach(() => ledger.deleteMany({}));
  afterAll(() => client.close());

  test("lets one in at a time, and is free again after a failure", async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await ledger.countDocuments();
      inside--;
    };
    await Promise.all(Array.from({ length: 8 }, () => withLock(ledger, work)));
    expect(most).toBe(1);
    await expect(withLock(ledger, () => Promise.reject(new Error("a step failed")))).rejects.toThrow("a step failed");
    expect(await ledger.countDocuments()).toBe(0);
  });

  test("a holder that died is succeeded, by one of those who wait", async () => {
    await ledger.insertOne({ _id: "lock", holder: "dead", beats: 7 });
    let inside = 0;
    const holders: number[] = [];
    const work = async () => {
      holders.push(++inside);
      await ledger.countDocuments();
      inside--;
    };
    await Promise.all([withLock(ledger, work, { silenceMs: 50 }), withLock(ledger, work, { silenceMs: 60_000 })]);
    expect(holders).toEqual([1, 1]);
  });

  test("an abort ends the wait", async () => {
    await ledger.insertOne({ _id: "lock", holder: "alive", beats: 7 });
    const controller = new AbortController();
    const waiting = expect(withLock(ledger, async () => {}, { signal: controller.signal })).rejects.toMatchObject({
      code: "ABORTED",
    });
    controller.abort();
    await waiting;
  });
});
