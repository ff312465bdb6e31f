import { FurzeClient, FurzeClientError } from "@furze/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { API_KEY, FilmClub } from "../support/film-club.ts";

const club = new FilmClub();
const called = new Set<string>();
/** Clients of the server and, for what only a master has, of the master. */
let furze: FurzeClient;
let master: FurzeClient;

beforeAll(async () => {
  await club.start();
  furze = recordingCalls(new FurzeClient({ address: club.system.serverUrl, apiKey: API_KEY }));
  master = recordingCalls(new FurzeClient({ address: club.system.masterUrl, apiKey: API_KEY }));
});
afterAll(() => club.stop());

/** Notes the names of the methods that are called. */
function recordingCalls(client: FurzeClient): FurzeClient {
  return new Proxy(client, {
    get: (target, name) => {
      called.add(String(name));
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

const done = { RowAffected: 1 };
const status = (call: Promise<unknown>): Promise<number> =>
  call.then(
    () => 200,
    (error: unknown) => (FurzeClientError.is(error) ? error.status : -1),
  );
async function rowsOf<Row>(all: AsyncIterable<Row>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of all) rows.push(row);
  return rows;
}

const ids = (rows: readonly { readonly Id: string }[]): string[] => rows.map((row) => row.Id);

describe("@furze/client: rows", () => {
  it("users", async () => {
    expect(await furze.insertUser({ UserId: "new/1", Labels: { likes: ["tea"] } })).toEqual(done);
    expect(await furze.insertUsers([{ UserId: "new/2" }, { UserId: "new/3" }])).toEqual({ RowAffected: 2 });
    expect(await furze.patchUser("new/1", { Comment: "小黄人" })).toEqual(done);
    expect(await furze.getUser("new/1")).toEqual({ UserId: "new/1", Labels: { likes: ["tea"] }, Comment: "小黄人" });
    const all = await rowsOf(furze.users());
    expect(all).toHaveLength(FilmClub.userIds.length + 3);
    expect((await furze.listUsers({ n: 2 })).Users).toEqual(all.slice(0, 2));
    for (const userId of ["new/1", "new/2", "new/3"]) expect(await furze.deleteUser(userId)).toEqual(done);
    expect(await status(furze.getUser("new/1"))).toBe(404);
  });

  it("items", async () => {
    expect(await furze.insertItem({ ItemId: "200", Timestamp: "1990-01-01" })).toEqual(done);
    expect(await furze.insertItems([{ ItemId: "201", IsHidden: true }])).toEqual(done);
    expect(await furze.patchItem("200", { Labels: ["old"] })).toEqual(done);
    expect(await furze.addCategory("200", "Western")).toEqual(done);
    expect(await furze.getItem("200")).toEqual({
      ItemId: "200",
      IsHidden: false,
      Categories: ["Western"],
      Timestamp: "1990-01-01T00:00:00Z",
      Labels: ["old"],
      Comment: "",
    });
    expect(await furze.removeCategory("200", "Western")).toEqual(done);
    const all = await rowsOf(furze.items());
    expect(all).toHaveLength(FilmClub.itemIds.length + 2);
    expect((await furze.listItems({ n: 2 })).Items).toEqual(all.slice(0, 2));
    for (const itemId of ["200", "201"]) expect(await furze.deleteItem(itemId)).toEqual(done);
  });

  it("feedback", async () => {
    const row = {
      FeedbackType: "watch",
      UserId: "visitor",
      ItemId: "1",
      Value: 2,
      Timestamp: "2026-01-02T03:04:05Z",
      Comment: "",
    };
    const stored = { ...row, Updated: row.Timestamp };
    expect(await furze.insertFeedback([row, { ...row, ItemId: "2" }])).toEqual({ RowAffected: 2 });
    expect(await furze.replaceFeedback([row])).toEqual(done);
    expect(await furze.getFeedback("watch", "visitor", "1")).toEqual(stored);
    expect(await furze.feedbackOfPair("visitor", "1")).toEqual([stored]);
    expect(await furze.feedbackOfUser("visitor")).toHaveLength(2);
    expect(await furze.feedbackOfUserByType("visitor", "watch>=2")).toHaveLength(2);
    expect(await furze.feedbackOfItem("1")).toContainEqual(stored);
    expect(await furze.feedbackOfItemByType("1", "watch")).toEqual([stored]);
    expect((await furze.listFeedbackOfType("watch")).Feedback).toHaveLength(2);
    expect((await furze.listFeedback({ n: 5 })).Feedback).toHaveLength(5);
    expect((await rowsOf(furze.feedback())).filter((one) => one.UserId === "visitor")).toHaveLength(2);
    expect(await furze.deleteFeedback("watch", "visitor", "1")).toEqual(done);
    expect(await furze.deleteFeedbackOfPair("visitor", "2")).toEqual(done);
    await furze.deleteUser("visitor");
  });
});

describe("@furze/client: recommendations", () => {
  it("of a user, as ids and with details", async () => {
    const list = await furze.recommend("1", { n: 5 });
    expect(list).toHaveLength(5);
    const detailed = await furze.recommend("1", { n: 5, details: true });
    expect(ids(detailed)).toEqual(list);
    expect(detailed[0]).toMatchObject({
      Score: expect.any(Number),
      Sources: expect.arrayContaining([expect.any(String)]),
      ModelId: expect.any(String),
    });
    expect(ids(await furze.collaborative("1", { n: 5 }))).toHaveLength(5);
    expect((await furze.recommend("1", { n: 3, category: ["Drama"] })).every((itemId) => Number(itemId) % 2 === 0)).toBe(true);
  });

  it("for everybody, by items, by users and for a session", async () => {
    expect(ids(await furze.latest({ n: 2 }))).toEqual(["120", "119"]);
    expect(await furze.popular({ n: 1 })).toEqual(await furze.nonPersonalized("popular", { n: 1 }));
    expect(ids(await furze.itemNeighbors("1", { n: 1 }))).toEqual(["3"]);
    expect(ids(await furze.itemToItem("neighbors", "1", { n: 1 }))).toEqual(["3"]);
    expect(await furze.userNeighbors("1", { n: 2 })).toEqual(await furze.userToUser("neighbors", "1", { n: 2 }));
    expect(ids(await furze.recommendForSession([{ FeedbackType: "rating", ItemId: "1", Value: 5 }], { n: 1 }))).toEqual(["3"]);
  });
});

describe("@furze/client: the system", () => {
  it("tells how it is, and how it does", async () => {
    expect(await furze.live()).toMatchObject({ Ready: true });
    expect(await furze.ready()).toMatchObject({ DataStoreConnected: true });
    expect(await furze.measurements("no such series")).toEqual([]);
    expect((await master.listNodes()).map((node) => node.Type)).toEqual(expect.arrayContaining(["Server", "Worker"]));
    expect((await master.listTasks()).map((task) => task.Status)).toContain("Complete");
    expect(await master.startTraining()).toEqual({ Started: expect.any(Boolean) });
  });

  it("shows a master's numbers, configuration and time series", async () => {
    expect(await master.stats()).toMatchObject({ NumUsers: expect.any(Number), NumItems: FilmClub.itemIds.length });
    expect(await master.listCategories()).toEqual(expect.arrayContaining(["Drama"]));
    expect(JSON.stringify(await master.showConfig())).not.toContain(API_KEY);
    expect((await master.timeSeries("num_items")).length).toBeGreaterThan(0);
  });

  it("shows what a master knows of users, and what each recommender proposes", async () => {
    expect((await master.showUser("1")).UserId).toBe("1");
    expect((await master.showUsers({ n: 2 })).Users).toHaveLength(2);
    expect((await master.showPositiveFeedback("1", { n: 3 })).map((row) => row.FeedbackType)).toEqual(
      new Array(3).fill("rating"),
    );
    expect(await master.showFeedback("1", "rating", { n: 2 })).toHaveLength(2);
    const itemsOf = (rows: readonly { readonly ItemId: string }[]): string[] => rows.map(({ ItemId }) => ItemId);
    expect(itemsOf(await master.previewLatest({ n: 2 }))).toEqual(["120", "119"]);
    expect(itemsOf(await master.previewNonPersonalized("popular", { n: 3 }))).toEqual(
      ids(await furze.nonPersonalized("popular", { n: 3 })),
    );
    expect(itemsOf(await master.previewItemToItem("neighbors", "1", { n: 1 }))).toEqual(["3"]);
    expect(await master.previewUserToUser("neighbors", "1", { n: 2 })).toHaveLength(2);
    expect(itemsOf(await master.previewRecommend("1", { n: 5 }))).toEqual(await furze.recommend("1", { n: 5 }));
    expect(await master.previewRecommender("1", "latest", { n: 2 })).toHaveLength(2);
    expect((await master.previewNamedRecommender("1", "item-to-item", "neighbors", { n: 2 })).length).toBeGreaterThan(0);
    expect(await master.previewExternal({ script: btoa("['7', user_id]"), userId: "1" })).toEqual(["7", "1"]);
  });

  it("shows what may be configured, and takes the configuration back as it gave it", async () => {
    const shown = await master.showConfig();
    const { recommend } = shown as { recommend: Record<string, unknown> };
    expect(await master.replaceConfig({ ...shown, recommend })).toEqual(shown);
    expect(await master.resetConfig()).toEqual({});
    expect(await master.showConfig()).toEqual(shown);
    expect(await master.configSchema()).toMatchObject({ $defs: { Recommend: { type: "object" } } });
    expect(await status(master.replaceConfig({ recommend: { cache_size: 0 } }))).toBe(400);
  });

  it("tries templates, and tells who signs in", async () => {
    const templates = { queryTemplate: btoa("{{ user.UserId }}"), documentTemplate: btoa("{{ item.ItemId }}") };
    const { query, documents } = await master.previewPrompt({ ...templates, userId: "1" });
    expect([query, documents[0]]).toEqual(["1", "120"]);
    expect(await master.userInfo()).toBeNull();
  });

  it("keeps strangers out", async () => {
    const stranger = new FurzeClient({ address: club.system.serverUrl });
    expect(await status(stranger.getUser("1"))).toBe(401);
  });

  it("leaves no method untried", () => {
    const names = [FurzeClient.prototype, Object.getPrototypeOf(FurzeClient.prototype)].flatMap(Object.getOwnPropertyNames);
    const untried = names.filter((name) => !called.has(name) && !["constructor", "send", "escape"].includes(name));
    expect(untried).toEqual([]);
  });
});
