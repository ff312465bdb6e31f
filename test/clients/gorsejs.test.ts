import { Gorse, GorseException } from "gorsejs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { API_KEY, FilmClub } from "../support/film-club.ts";

// Two tests of the client's own suite are not repeated here: they write a list and neighbors into the Redis keys of Gorse v0.4
// by hand, which no v0.5 server reads. Its `Subscribe: null` in users, another trait of v0.4, is left out too.

type FeedbackType = "rating" | "watch" | "shown";

const club = new FilmClub();
let client: Gorse<FeedbackType>;
const called = new Set<string>();

beforeAll(async () => {
  await club.start();
  client = recordingCalls(new Gorse({ endpoint: club.system.serverUrl, secret: API_KEY }));
});
afterAll(() => club.stop());

/** Notes the names of the methods that are called. */
function recordingCalls(gorse: Gorse<FeedbackType>): Gorse<FeedbackType> {
  return new Proxy(gorse, {
    get: (target, name) => {
      called.add(String(name));
      return Reflect.get(target, name, target);
    },
  });
}

const TIME = "2026-01-02T03:04:05Z";
const idsOf = (rows: unknown): string[] => (rows as { Id: string }[]).map((row) => row.Id);
const watch = (ItemId: string, UserId = "2000") => ({ FeedbackType: "watch" as const, UserId, ItemId, Timestamp: TIME });

/** What the client throws, as plain values. */
async function refusal(call: Promise<unknown>): Promise<{ code: number; message: string }> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof GorseException)) throw new Error(`no GorseException but ${String(error)}`);
  return { code: error.code, message: error.message };
}

describe("gorsejs 0.4.8: users", () => {
  it("inserts, reads, changes and deletes one", async () => {
    const user = { UserId: "1000", Labels: ["a", "b", "c"], Comment: "comment" };
    expect(await client.insertUser(user)).toBe(1);
    expect(await client.getUser("1000")).toStrictEqual(user);
    expect(await client.updateUser("1000", { UserId: "1000", Labels: ["d"] })).toBe(1);
    expect(await client.getUser("1000")).toStrictEqual({ ...user, Labels: ["d"] });
    expect(await client.deleteUser("1000")).toBe(1);
    expect(await refusal(client.getUser("1000"))).toEqual({ code: 404, message: "1000: user not found" });
  });

  it("inserts many and lists them", async () => {
    expect(await client.insertUsers([{ UserId: "0" }, { UserId: "00", Comment: "second" }])).toBe(2);
    const page = await client.getUsers({ n: 2 });
    expect(page.Users.map((user) => user.UserId)).toEqual(["0", "00"]);
    expect(page.Cursor).toBe(Buffer.from("1").toString("base64"));
    // The client sends `Cursor`, which Gorse does not know either: the first page comes again.
    expect((await client.getUsers({ n: 2, Cursor: page.Cursor })).Users).toEqual(page.Users);
    await client.deleteUser("0");
    await client.deleteUser("00");
  });

  it("finds neighbors of one", async () => {
    const rows = await client.getUserNeighbors({ userId: "1", cursorOptions: { n: 3 } });
    // User 1 likes comedies, as all odd users do.
    expect(idsOf(rows).map((userId) => Number(userId) % 2)).toEqual([1, 1, 1]);
  });
});

describe("gorsejs 0.4.8: items", () => {
  const item = {
    ItemId: "2000",
    IsHidden: true,
    Labels: ["a", "b", "c"],
    Categories: ["Comedy", "Animation"],
    Timestamp: TIME,
    Comment: "comment",
  };

  it("inserts, reads, changes and deletes one", async () => {
    expect(await client.upsertItem(item)).toBe(1);
    expect(await client.getItem("2000")).toStrictEqual(item);
    const changed = { ...item, Comment: "小黄人", Timestamp: new Date("2026-02-03T04:05:06.000Z") };
    expect(await client.updateItem("2000", changed)).toBe(1);
    expect(await client.getItem("2000")).toStrictEqual({ ...changed, Timestamp: "2026-02-03T04:05:06Z" });
    expect(await client.deleteItem("2000")).toBe(1);
    expect(await refusal(client.getItem("2000"))).toEqual({ code: 404, message: "2000: item not found" });
  });

  it("adds and takes away a category, with requests that have no body", async () => {
    await client.upsertItem(item);
    expect(await client.insertItemCategory("2000", "Family")).toBe(1);
    expect((await client.getItem("2000")).Categories).toEqual(["Comedy", "Animation", "Family"]);
    expect(await client.deleteItemCategory("2000", "Animation")).toBe(1);
    expect((await client.getItem("2000")).Categories).toEqual(["Comedy", "Family"]);
    await client.deleteItem("2000");
  });

  it("inserts many and lists them", async () => {
    const rows = [
      { ...item, ItemId: "0" },
      { ...item, ItemId: "00" },
    ];
    expect(await client.upsertItems(rows)).toBe(2);
    expect((await client.getItems({ n: 2 })).Items).toStrictEqual(rows);
    await client.deleteItem("0");
    await client.deleteItem("00");
  });

  it("finds neighbors of one", async () => {
    // The same users like films 1 and 3.
    expect(idsOf(await client.getItemNeighbors({ itemId: "1", cursorOptions: { n: 2 } }))[0]).toBe("3");
    expect(await client.getItemNeighbors({ itemId: "1", category: "Drama" })).toEqual([]);
    expect(idsOf(await client.getItemNeighbors({ itemId: "1", category: "Comedy" }))).toHaveLength(10);
  });
});

describe("gorsejs 0.4.8: feedback", () => {
  it("is inserted, read in every way, replaced and deleted", async () => {
    const row = { ...watch("1"), Value: 0, Updated: TIME, Comment: "" };
    expect(await client.insertFeedbacks([watch("1"), watch("106"), watch("11")])).toBe(3);
    expect(await client.getFeedback({ type: "watch", userId: "2000", itemId: "1" })).toStrictEqual(row);
    expect(await client.getUserFeedback("2000")).toHaveLength(3);
    expect(await client.getUserFeedbackByType("2000", "watch")).toMatchObject([row, { ItemId: "106" }, { ItemId: "11" }]);
    expect(await client.getUserFeedbackByType("2000", "rating")).toEqual([]);
    expect(await client.getItemFeedbackByType("1", "watch")).toStrictEqual([row]);
    expect(await client.getItemFeedback("1")).toContainEqual(row);
    const later = { ...watch("1"), Timestamp: "2026-03-04T05:06:07Z" };
    expect(await client.upsertFeedbacks([later])).toBe(1);
    expect(await client.getFeedback({ type: "watch", userId: "2000", itemId: "1" })).toMatchObject(later);
    expect(await client.deleteFeedback({ type: "watch", userId: "2000", itemId: "1" })).toEqual({ RowAffected: 1 });
    expect(await client.getUserFeedback("2000")).toHaveLength(2);
    await client.deleteUser("2000");
  });

  it("is listed page by page", async () => {
    const all = (await client.getFeedbacks(undefined, { n: 2 })) as unknown as { Cursor: string; Feedback: unknown[] };
    expect(all).toMatchObject({ Feedback: [{ FeedbackType: "rating" }, { FeedbackType: "rating" }] });
    expect(all.Cursor).not.toBe("");
    expect(await client.getFeedbacks("rating", { n: 2 })).toEqual(all);
    expect(await client.getFeedbacks("shown")).toEqual({ Cursor: "", Feedback: [] });
  });
});

describe("gorsejs 0.4.8: recommendation", () => {
  it("has what is popular and what is new", async () => {
    expect(await client.getPopular({ cursorOptions: { n: 1 } })).toEqual([{ Id: "82", Score: 47 }]);
    expect(idsOf(await client.getPopular({ category: "Comedy", cursorOptions: { n: 1 } }))).toEqual(["37"]);
    expect(idsOf(await client.getLatest({ cursorOptions: { n: 2, offset: 1 } }))).toEqual(["119", "118"]);
    expect(idsOf(await client.getLatest({ category: "Comedy", cursorOptions: { n: 2 } }))).toEqual(["119", "117"]);
  });

  it("is a list of ids that the user has not seen", async () => {
    const list = await client.getRecommend({ userId: "1", cursorOptions: { n: 10 } });
    expect(list).toHaveLength(10);
    expect(list.filter((itemId) => FilmClub.likedBy("1").includes(itemId))).toEqual([]);
    expect(await client.getRecommend({ userId: "1", category: "Drama", cursorOptions: { n: 1 } })).toHaveLength(1);
    expect(await client.getRecommend({ userId: "3000", cursorOptions: { n: 3 } })).toEqual(["120", "119", "118"]);
  });

  it("writes back what it has shown", async () => {
    await client.insertUser({ UserId: "4000" });
    const list = await client.getRecommend({
      userId: "4000",
      cursorOptions: { n: 2 },
      writeBackType: "shown",
      writeBackDelay: "0s",
    });
    const stored = await client.getUserFeedbackByType("4000", "shown");
    expect(stored.map((row) => row.ItemId).sort()).toEqual(list.toSorted());
    await client.deleteUser("4000");
  });

  it("follows a session", async () => {
    const seen = { FeedbackType: "rating" as const, UserId: "", ItemId: "1", Timestamp: TIME, Value: 5 };
    const rows = await client.getSessionRecommend([seen], { cursorOptions: { n: 1 } });
    expect(rows).toEqual([{ Id: "3", Score: expect.any(Number) }]);
    expect(await client.getSessionRecommend([seen], { category: "Drama" })).toEqual([]);
    expect(await client.getSessionRecommend([])).toEqual([]);
  });
});

describe("gorsejs 0.4.8: failures", () => {
  it("are a GorseException with the status, or -1 without a server", async () => {
    const stranger = new Gorse({ endpoint: club.system.serverUrl, secret: "wrong" });
    expect(await refusal(stranger.getUser("1"))).toEqual({ code: 401, message: "unauthorized" });
    const keyless = new Gorse({ endpoint: club.system.serverUrl, secret: "" });
    expect(await refusal(keyless.getUser("1"))).toEqual({ code: 401, message: "unauthorized" });
    const lost = new Gorse({ endpoint: "http://127.0.0.1:1", secret: API_KEY });
    expect(await refusal(lost.getUser("1"))).toMatchObject({ code: -1 });
  });

  it("leave no method untried", () => {
    const methods = Object.getOwnPropertyNames(Gorse.prototype).filter((name) => name !== "constructor");
    expect(methods.filter((name) => !called.has(name))).toEqual([]);
  });
});
