import type { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestApi, type TestApi } from "../test/test-api.ts";
import { createMasterApi, type RestApiOptions } from "./index.ts";

let api: TestApi;
let app: Hono;
let triggers: number;

async function start(options: RestApiOptions = {}): Promise<void> {
  api = await startTestApi(options);
  triggers = 0;
  app = createMasterApi({
    ...api.dependencies,
    tasks: { tasks: () => [] },
    cluster: { nodes: () => [] },
    trainer: { trigger: () => ++triggers > 0, state: { models: [] } },
  });
}

beforeEach(() => start());
afterEach(() => api[Symbol.asyncDispose]());

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes;
};
const record = (hex: string): Buffer => {
  const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
  return Buffer.concat([number(bytes.length), bytes]);
};

/** Rows as protocol buffers, byte by byte: field number and type, length, content. */
const USER = record("0a0175 12077b2261223a317d 1a0163 220173"); // "u", {"a":1}, "c", subscribed to "s"
const ITEM = record("0a016e 120169 1801 220178 220179 2a06 0880f4c3ac06"); // namespace, "i", hidden, "x", "y", 1704000000 s
const FEEDBACK = record("120174 1a0175 220169 290000000000000440 3206 0880f4c3ac06"); // "t", "u", "i", 2.5

async function restore(...parts: Buffer[]): Promise<[number, string]> {
  const answer = await app.request("/api/restore", { method: "POST", body: Buffer.concat(parts) });
  return [answer.status, await answer.text()];
}

const restored = (users: number, items: number, feedback: number) =>
  `{\n "Users": ${users},\n "Items": ${items},\n "Feedback": ${feedback},\n "Duration": 0\n}`;

describe("restore", () => {
  it("reads what Gorse dumps, up to the statistics that it appends", async () => {
    const parts = [number(-1), USER, number(-2), ITEM, number(-3), FEEDBACK, number(0), Buffer.from('{"Users":1}')];
    expect(await restore(...parts)).toEqual([200, restored(1, 1, 1)]);
    expect(await api.dataStore.users.get(["u"])).toEqual([{ userId: "u", labels: { a: 1 }, comment: "c" }]);
    const timestampMs = 1_704_000_000_000;
    expect(await api.dataStore.items.get(["i"])).toEqual([
      { itemId: "i", isHidden: true, categories: ["x", "y"], timestampMs, labels: null, comment: "" },
    ]);
    expect(await api.dataStore.feedback.ofPair("u", "i")).toEqual([
      { feedbackType: "t", userId: "u", itemId: "i", value: 2.5, timestampMs, updatedMs: timestampMs, comment: "" },
    ]);
    expect(triggers).toBe(1);
  });

  it("takes a dump without some sections, and counts only feedback that it has stored", async () => {
    expect(await restore(number(0))).toEqual([200, restored(0, 0, 0)]);
    expect(triggers).toBe(0);
    expect(await restore(number(-3), FEEDBACK, number(0))).toEqual([200, restored(0, 0, 0)]);
    expect(await api.dataStore.users.count()).toBe(0);
  });

  it("says what is wrong with a dump, and what of it is stored", async () => {
    const nothing = "0 users, 0 items, 0 rows of feedback are stored";
    expect(await restore(number(-1), USER, number(-2), ITEM, ITEM.subarray(0, -1))).toEqual([
      400,
      "unexpected EOF; 1 users, 0 items, 0 rows of feedback are stored",
    ]);
    expect(await restore()).toEqual([400, `unexpected EOF; ${nothing}`]);
    expect((await restore(number(-1), number(2 ** 40)))[1]).toContain("a record of 1099511627776 bytes is larger than");
    expect((await restore(number(-9)))[1]).toContain("unknown section -9");
    expect((await restore(USER))[1]).toContain("it is no dump");
    expect((await restore(number(-1), record("1a0163"), number(0)))[1]).toMatch(/^record 1: user_id must not be empty/);
    expect((await restore(number(-1), record("0a0175 120174"), number(0)))[1]).toMatch(/^record 1: labels are no JSON/);
    expect((await restore(number(-1), record("0aff"), number(0)))[1]).toMatch(/^record 1: the bytes are no user/);
  });
});

describe("dump", () => {
  it("gives what a restore takes: all rows, those of the future too", async () => {
    await api.call("POST", "/api/users", [{ UserId: "ä/b", Labels: { z: [1, 2], a: "x" }, Comment: "c" }, { UserId: "u" }]);
    await api.call("POST", "/api/items", [{ ItemId: "i", Categories: ["a"], Timestamp: "2024-01-01T00:00:00.123Z" }]);
    await api.call("PUT", "/api/feedback", [
      { FeedbackType: "t", UserId: "u", ItemId: "i", Value: -1.5, Timestamp: "1969-12-31T23:59:59.5Z", Comment: "c" },
      { FeedbackType: "later", UserId: "u", ItemId: "i", Timestamp: "2030-01-01" },
    ]);
    const answer = await app.request("/api/dump");
    expect(answer.headers.get("content-type")).toBe("application/octet-stream");
    const dump = Buffer.from(await answer.arrayBuffer());
    const read = async () => [
      await api.dataStore.users.get(["ä/b", "u"]),
      await api.dataStore.items.get(["i"]),
      await api.dataStore.feedback.ofPair("u", "i"),
    ];
    const before = await read();
    await api.dataStore.purge();
    expect(await restore(dump)).toEqual([200, restored(2, 1, 2)]);
    expect(await read()).toEqual(before);
  });
});

describe("purge", () => {
  const all = "check_list=delete_users%2Cdelete_items%2Cdelete_feedback%2Cdelete_cache";
  async function purge(body: string, key?: string): Promise<[number, string]> {
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      ...(key === undefined ? {} : { "x-api-key": key }),
    };
    const answer = await app.request("/api/purge", { method: "POST", headers, body });
    return [answer.status, await answer.text()];
  }

  it("needs a key that is configured", async () => {
    await api.call("POST", "/api/user", { UserId: "u" });
    expect((await purge(all))[0]).toBe(401);
    expect(await api.dataStore.users.count()).toBe(1);
  });

  it("deletes everything, but only when everything is named, and makes room for new rows", async () => {
    await api[Symbol.asyncDispose]();
    await start({ adminApiKey: "k", quota: { maxUsers: 1 } });
    await app.request("/api/user", {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": "k" },
      body: '{"UserId":"u"}',
    });
    await api.dependencies.cacheStore.putValues({ a: "b" });
    expect((await purge(all, "wrong"))[0]).toBe(401);
    expect(await purge("check_list=delete_users", "k")).toEqual([400, "please confirm by checking all"]);
    expect(await api.dataStore.users.count()).toBe(1);
    expect(await purge(all, "k")).toEqual([200, ""]);
    expect(await api.dataStore.users.count()).toBe(0);
    expect(await api.dependencies.cacheStore.getValues(["a"])).toEqual([undefined]);
    expect(triggers).toBe(1);
    expect((await api.call("POST", "/api/user", { UserId: "v" })).status).toBe(200);
  });
});
