import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { API_KEY, FilmClub } from "../support/film-club.ts";

// The requests of gorse-go, byte for byte where it differs from other clients: every request has a JSON body, `null` on GET
// and DELETE, and its content type; addresses are put together without escaping.

const club = new FilmClub();
beforeAll(() => club.start());
afterAll(() => club.stop());

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
}

async function call(method: string, path: string, body: unknown = null, headers: Record<string, string> = {}): Promise<Answer> {
  const payload = JSON.stringify(body);
  const client = request(`${club.system.serverUrl}/api`, { method, path: `/api${path}` });
  const sent = {
    "X-API-Key": API_KEY,
    "Content-Type": "application/json",
    "Content-Length": String(Buffer.byteLength(payload)),
    ...headers,
  };
  for (const [name, value] of Object.entries(sent)) client.setHeader(name, value);
  client.end(payload);
  const [response] = (await once(client, "response")) as [IncomingMessage];
  return { status: response.statusCode ?? 0, text: await text(response), headers: response.headers };
}

/** What the client decodes from a 200; any other status fails. */
async function decoded<T = unknown>(
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<T> {
  const answer = await call(method, path, body, headers);
  expect(answer).toMatchObject({ status: 200 });
  return JSON.parse(answer.text) as T;
}

interface Score {
  readonly Id: string;
  readonly Score: number;
}

const V2 = { "X-API-Version": "2" };
const idsOf = (rows: readonly Score[]): string[] => rows.map((row) => row.Id);
const isComedy = (itemId: string): boolean => Number(itemId) % 2 === 1;
// What Go makes of a time that was never set, and of one with a zone and nanoseconds.
const UNSET = "0001-01-01T00:00:00Z";
const ZONED = "2026-01-02T11:04:05.123456789+08:00";

describe("gorse-go: users", () => {
  it("InsertUser, GetUser, UpdateUser, DeleteUser", async () => {
    const user = { UserId: "1000", Labels: { gender: "M", age: 24 }, Comment: "zhenghaoz" };
    expect(await decoded("POST", "/user", user)).toEqual({ RowAffected: 1 });
    expect(await decoded("GET", "/user/1000")).toEqual(user);
    expect(await decoded("PATCH", "/user/1000", { Labels: null, Comment: "patched" })).toEqual({ RowAffected: 1 });
    expect(await decoded("GET", "/user/1000")).toEqual({ ...user, Comment: "patched" });
    expect(await decoded("DELETE", "/user/1000")).toEqual({ RowAffected: 1 });
    expect(await call("GET", "/user/1000")).toMatchObject({ status: 404, text: "1000: user not found" });
  });

  it("InsertUsers and GetUsers, with a plus sign in the cursor", async () => {
    const users = ["~~~", "~~~~"].map((UserId) => ({ UserId, Labels: null, Comment: "" }));
    expect(await decoded("POST", "/users", users)).toEqual({ RowAffected: 2 });
    const first = await decoded<{ Cursor: string }>("GET", `/users?n=${FilmClub.userIds.length}&cursor=`);
    expect(first.Cursor).toBe("fn5+");
    expect(await decoded("GET", `/users?n=1&cursor=${first.Cursor}`)).toEqual({ Cursor: "fn5+fg==", Users: [users[0]] });
    expect(await decoded("GET", "/users?n=1&cursor=fn5+fg==")).toEqual({ Cursor: "", Users: [users[1]] });
    for (const { UserId } of users) await call("DELETE", `/user/${UserId}`);
  });

  it("GetNeighborsUsers", async () => {
    const rows = await decoded<Score[]>("GET", "/user/2/neighbors?n=3&offset=0");
    expect(idsOf(rows).map((userId) => Number(userId) % 2)).toEqual([0, 0, 0]);
    expect(await decoded("GET", "/user/2/neighbors?n=2&offset=1")).toEqual(rows.slice(1));
    expect(await decoded("GET", "/user/nobody/neighbors?n=3&offset=0")).toEqual([]);
  });
});

describe("gorse-go: items", () => {
  const item = { ItemId: "2000", IsHidden: true, Labels: null, Categories: ["Comedy"], Timestamp: UNSET, Comment: "Minions" };

  it("InsertItem, GetItem, UpdateItem, DeleteItem", async () => {
    expect(await decoded("POST", "/item", item)).toEqual({ RowAffected: 1 });
    expect(await decoded("GET", "/item/2000")).toEqual(item);
    const patch = { IsHidden: null, Categories: null, Timestamp: ZONED, Labels: { a: ["b"] }, Comment: null };
    expect(await decoded("PATCH", "/item/2000", patch)).toEqual({ RowAffected: 1 });
    const patched = { ...item, Timestamp: "2026-01-02T03:04:05.123Z", Labels: { a: ["b"] } };
    expect(await decoded("GET", "/item/2000")).toEqual(patched);
    expect(await decoded("DELETE", "/item/2000")).toEqual({ RowAffected: 1 });
    expect(await call("GET", "/item/2000")).toMatchObject({ status: 404, text: "2000: item not found" });
  });

  it("InsertItems and GetItems", async () => {
    const items = ["~~~", "~~~~"].map((ItemId) => ({ ...item, ItemId }));
    expect(await decoded("POST", "/items", items)).toEqual({ RowAffected: 2 });
    expect(await decoded("GET", "/items?n=5&cursor=fn5+")).toEqual({ Cursor: "", Items: items });
    for (const { ItemId } of items) await call("DELETE", `/item/${ItemId}`);
  });

  it("SearchItems", async () => {
    const found = await decoded<{ Cursor: string; Items: (typeof item)[] }>("GET", "/items?q=Toy%20Story&n=3");
    expect(found).toMatchObject({ Cursor: "", Items: [{ ItemId: "1", Comment: "Toy Story (1995)" }] });
  });

  it("GetNeighbors and GetNeighborsCategory", async () => {
    const rows = await decoded<Score[]>("GET", "/item/1/neighbors?n=3&offset=0");
    expect(rows).toHaveLength(3);
    expect(rows[0]?.Id).toBe("3");
    expect(await decoded("GET", "/item/1/neighbors/Comedy?n=3&offset=0")).toEqual(rows);
    expect(await decoded("GET", "/item/1/neighbors/Drama?n=3&offset=0")).toEqual([]);
    expect(await decoded("GET", "/item/nothing/neighbors?n=3&offset=0")).toEqual([]);
  });
});

describe("gorse-go: feedback", () => {
  const watch = (ItemId: string, Value: number, Timestamp = "2026-01-02T03:04:05Z") => ({
    FeedbackType: "watch",
    UserId: "2000",
    ItemId,
    Value,
    Timestamp,
    Comment: "",
  });

  it("InsertFeedback, ListFeedbacks, DeleteFeedback, DeleteFeedbacks", async () => {
    expect(await decoded("DELETE", "/feedback/2000/1")).toEqual({ RowAffected: 0 });
    expect(await decoded("POST", "/feedback", [watch("1", 1), watch("106", 2), watch("11", 3, ZONED)])).toEqual({
      RowAffected: 3,
    });
    const time = { Timestamp: "2026-01-02T03:04:05Z", Updated: "2026-01-02T03:04:05Z" };
    const zoned = { Timestamp: "2026-01-02T03:04:05.123Z", Updated: "2026-01-02T03:04:05.123Z" };
    const rows = [
      { ...watch("1", 1), ...time },
      { ...watch("106", 2), ...time },
      { ...watch("11", 3), ...zoned },
    ];
    expect(await decoded("GET", "/user/2000/feedback/watch")).toEqual(rows);
    expect(await decoded("DELETE", "/feedback/watch/2000/1")).toEqual({ RowAffected: 1 });
    expect(await decoded("GET", "/user/2000/feedback/watch")).toEqual(rows.slice(1));
    expect(await decoded("DELETE", "/feedback/2000/11")).toEqual({ RowAffected: 1 });
    expect(await decoded("DELETE", "/user/2000")).toEqual({ RowAffected: 1 });
    expect(await decoded("GET", "/user/2000/feedback/watch")).toEqual([]);
  });
});

describe("gorse-go: recommendation", () => {
  it("GetRecommend: scores with version 2, ids without, and a slash at the end when there is no category", async () => {
    const rows = await decoded<Score[]>("GET", "/recommend/1/?n=4&offset=0", null, V2);
    expect(idsOf(rows).every(isComedy)).toBe(true);
    expect(rows.map((row) => typeof row.Score)).toEqual(Array(4).fill("number"));
    expect(await decoded("GET", "/recommend/1/?n=4&offset=0")).toEqual(idsOf(rows));
    expect(await decoded("GET", "/recommend/1/?n=2&offset=2", null, V2)).toEqual(rows.slice(2));
    const dramas = await decoded<Score[]>("GET", "/recommend/1/Drama?n=2&offset=0", null, V2);
    expect(idsOf(dramas).map(isComedy)).toEqual([false, false]);
    expect(idsOf(await decoded("GET", "/recommend/3000/?n=3&offset=0", null, V2))).toEqual(["120", "119", "118"]);
  });

  it("GetLatestItems", async () => {
    const newest = { Id: "120", Score: Date.UTC(1995, 0, 120) / 1000 };
    expect(await decoded("GET", "/latest?n=1&offset=0")).toEqual([newest]);
    expect(await decoded("GET", "/latest/?n=1&offset=0")).toEqual([newest]);
    expect(idsOf(await decoded("GET", "/latest/Comedy?n=2&offset=1"))).toEqual(["117", "115"]);
    const seen = FilmClub.likedBy("2");
    const unseen = await decoded<Score[]>("GET", "/latest?n=100&offset=0&user-id=2");
    expect(unseen).toHaveLength(FilmClub.itemIds.length - seen.length);
    expect(idsOf(unseen).filter((itemId) => seen.includes(itemId))).toEqual([]);
  });

  it("GetNonPersonalized and GetPopularItems: an empty user is nobody", async () => {
    const popular = await decoded<Score[]>("GET", "/non-personalized/popular?n=2&offset=0&user-id=");
    expect(popular[0]).toEqual({ Id: "82", Score: 47 });
    expect(await decoded("GET", "/popular/?n=2&offset=0")).toEqual(popular);
    const comedies = await decoded<Score[]>("GET", "/non-personalized/popular?n=3&offset=0&user-id=&category=Comedy");
    expect(idsOf(comedies).every(isComedy)).toBe(true);
    const unseen = await decoded<Score[]>("GET", "/non-personalized/popular?n=100&offset=0&user-id=2");
    expect(idsOf(unseen).filter((itemId) => FilmClub.likedBy("2").includes(itemId))).toEqual([]);
    expect(await decoded("GET", "/non-personalized/nothing?n=3&offset=0&user-id=")).toEqual([]);
  });

  it("GetCollaborativeFiltering", async () => {
    const rows = await decoded<Score[]>("GET", "/collaborative-filtering/1?n=3&offset=0&user-id=1");
    expect(idsOf(rows).every(isComedy)).toBe(true);
    const dramas = await decoded<Score[]>("GET", "/collaborative-filtering/2?n=3&offset=0&user-id=2&category=Drama");
    expect(idsOf(dramas).some(isComedy)).toBe(false);
    expect(dramas).toHaveLength(3);
  });

  it("SessionRecommend", async () => {
    const seen = { FeedbackType: "rating", UserId: "", ItemId: "1", Value: 5, Timestamp: UNSET, Comment: "" };
    expect(idsOf(await decoded("POST", "/session/recommend?n=1&offset=0", [seen]))).toEqual(["3"]);
    // A nil slice.
    expect(await decoded("POST", "/session/recommend?n=1&offset=0", null)).toEqual([]);
  });
});

/** Routes whose values depend on the data and on how models are fitted: Gorse's answers on other data give the form. */
describe("answers in the form of Gorse's", () => {
  const ids = /^\[\n( "\d+",?\n)+\]$/;
  const scores = /^\[\n( \{\n {2}"Id": "\d+",\n {2}"Score": [\d.e-]+\n \},?\n)+\]$/;
  it.each<[string, string, RegExp, boolean]>([
    ["GET", "/recommend/1/Comedy?n=3", ids, false],
    ["GET", "/recommend/1?category=Comedy&n=3", ids, false],
    ["GET", "/recommend/nobody?n=3", ids, false],
    ["GET", "/recommend/1?n=200", ids, false],
    ["GET", "/latest/Comedy?n=3", scores, false],
    ["GET", "/non-personalized/popular?n=3&category=Comedy", scores, true],
    ["GET", "/collaborative-filtering/1/Comedy?n=3", scores, true],
    ["GET", "/item-to-item/neighbors/1?n=3", scores, true],
    ["GET", "/item/1/neighbors/Comedy?n=3", scores, true],
    ["GET", "/user-to-user/neighbors/1?n=3", scores, true],
    ["GET", "/user/1/neighbors/?n=3", scores, true],
    ["POST", "/session/recommend/Comedy?n=3", scores, false],
  ])("%s %s", async (method, path, form, hasTime) => {
    const seen = { FeedbackType: "rating", UserId: "", ItemId: "1", Value: 5, Timestamp: "1998-01-01T00:00:00Z" };
    const { status, text, headers } = await call(method, path, method === "GET" ? null : [seen]);
    expect(text).toMatch(form);
    expect([status, headers["content-type"], headers["access-control-allow-origin"]]).toEqual([200, "application/json", "*"]);
    expect(headers["content-length"]).toBe(String(Buffer.byteLength(text)));
    expect(headers["x-request-id"]).toMatch(/^[\da-f]{8}-[\da-f]{4}-4/);
    expect(headers["last-modified"] ?? "never").toMatch(hasTime ? /^\w{3}, \d\d \w{3} \d{4} [\d:]{8} UTC$/ : /^never$/);
  });
});

describe("gorse-go: failures", () => {
  it("are the text of the answer", async () => {
    const wrong = { "X-API-Key": "wrong" };
    expect(await call("GET", "/user/1", null, wrong)).toMatchObject({ status: 401, text: "unauthorized" });
    const text = "json: cannot unmarshal object into Go value of type []data.User";
    expect(await call("POST", "/users", { UserId: "1" })).toMatchObject({ status: 400, text });
  });
});
