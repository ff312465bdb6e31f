import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NOW_MS, startTestApi, type TestApi } from "../test/test-api.ts";

interface Difference {
  readonly name: string;
  /** Number in our list of Gorse's quirks; `undefined` where Gorse is not wrong, only different. */
  readonly quirk: number | undefined;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** What Gorse v0.5.11 answered; 0 is a connection that it dropped. */
  readonly gorse: readonly [status: number, text: string];
  readonly furze: readonly [status: number, text: string];
}

const liked = (ItemId: string) => ({ FeedbackType: "rating", UserId: "", ItemId, Timestamp: "1998-01-01T00:00:00Z", Value: 5 });
const scored = '[\n {\n  "Id": "172",\n  "Score": 0.5\n }\n]';

/** Recorded answers of Gorse that are not repeated, on purpose: docs/differences.md tells why. */
const differences: readonly Difference[] = [
  {
    name: "bad cursor",
    quirk: 13,
    method: "GET",
    path: "/api/items?n=3&cursor=!!!",
    gorse: [500, "illegal base64 data at input byte 0"],
    furze: [400, "illegal base64 data at input byte 0"],
  },
  {
    name: "negative n",
    quirk: 13,
    method: "GET",
    path: "/api/users?n=-1",
    gorse: [0, ""],
    furze: [400, "n must be at least 0, got -1"],
  },
  {
    name: "text that is no time",
    quirk: undefined,
    method: "POST",
    path: "/api/item",
    body: { ItemId: "golden-bad", Timestamp: "not a time" },
    gorse: [400, 'parsing time "not a time" as "Mon Janime": cannot parse "not a time" as "Mon"'],
    furze: [400, 'Could not find format for "not a time"'],
  },
  {
    name: "feedback that is not there",
    quirk: 12,
    method: "GET",
    path: "/api/feedback/rating/1/nothing",
    gorse: [0, ""],
    furze: [404, "rating/1/nothing: feedback not found"],
  },
  {
    name: "category of an unknown item",
    quirk: undefined,
    method: "PUT",
    path: "/api/item/nothing/category/Comedy",
    gorse: [500, "nothing: item not found"],
    furze: [404, "nothing: item not found"],
  },
  {
    name: "empty id",
    quirk: 42,
    method: "POST",
    path: "/api/user",
    body: { UserId: "" },
    gorse: [200, '{\n "RowAffected": 1\n}'],
    furze: [400, "UserId must not be empty"],
  },
  {
    name: "id with a slash",
    quirk: 42,
    method: "GET",
    path: "/api/user/a%2Fb",
    gorse: [404, "404: Page Not Found"],
    furze: [200, '{\n "UserId": "a/b",\n "Labels": null,\n "Comment": ""\n}'],
  },
  {
    name: "session without a category",
    quirk: 8,
    method: "POST",
    path: "/api/session/recommend?n=3",
    body: [liked("50")],
    gorse: [200, "null"],
    furze: [200, scored],
  },
  {
    name: "empty session",
    quirk: 56,
    method: "POST",
    path: "/api/session/recommend?n=3",
    body: [],
    gorse: [200, "null"],
    furze: [200, "[]"],
  },
  {
    name: "routes of v0.4",
    quirk: undefined,
    method: "GET",
    path: "/api/popular?n=3",
    gorse: [404, "404: Page Not Found"],
    furze: [200, scored],
  },
  {
    name: "routes of v0.4",
    quirk: undefined,
    method: "GET",
    path: "/api/measurements/NDCG?n=3",
    gorse: [404, "404: Page Not Found"],
    furze: [200, '[\n {\n  "Name": "NDCG",\n  "Timestamp": "2026-11-24T12:00:00Z",\n  "Value": 0.5\n }\n]'],
  },
];

describe("answers of Gorse v0.5.11 that Furze does not repeat", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
    await api.call("POST", "/api/user", { UserId: "a/b" });
    await api.dependencies.cacheStore.addPoints([{ name: "NDCG", timestampMs: NOW_MS, value: 0.5 }]);
    api.recommender.set("item-to-item/50", [["172", 0.5]]);
    api.recommender.set("non-personalized/popular", [["172", 0.5]]);
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it.each(differences)("$name (quirk $quirk): $method $path", async ({ method, path, body, headers, gorse, furze }) => {
    const answer = await api.call(method, path, body, headers);
    expect([answer.status, answer.text]).toEqual(furze);
    expect(furze).not.toEqual(gorse);
  });

  it("one CORS header instead of two", async () => {
    const { headers } = await api.call("GET", "/api/users", undefined, { origin: "https://shop.example" });
    expect(headers.get("access-control-allow-origin")).toBe("*");
  });

  it("feedback with one key twice in a request", async () => {
    const row = { FeedbackType: "watch", UserId: "u", ItemId: "i", Timestamp: "1998-01-01T00:00:00Z" };
    await api.call("POST", "/api/feedback", [
      { ...row, Value: 1 },
      { ...row, Value: 2 },
    ]);
    // Gorse keeps the first.
    expect(JSON.parse((await api.call("GET", "/api/feedback/watch/u/i")).text)).toMatchObject({ Value: 3 });
  });

  it("an empty list of categories", async () => {
    await api.call("POST", "/api/item", { ItemId: "i", Categories: [] });
    // Gorse gives the empty list back; for items without the key both say null.
    expect(JSON.parse((await api.call("GET", "/api/item/i")).text)).toMatchObject({ Categories: null });
  });
});
