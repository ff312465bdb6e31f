import type { Feedback } from "@furze/core";
import { describe, expect, it } from "vitest";
import { NOW_MS, startTestApi } from "../test/test-api.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

describe("users and items", () => {
  it("of two rows with one id the first is stored and both are counted", async () => {
    await using api = await startTestApi();
    const answer = await api.call("POST", "/api/users", [
      { UserId: "u", Comment: "first" },
      { UserId: "u", Comment: "second" },
    ]);
    expect(JSON.parse(answer.text)).toEqual({ RowAffected: 2 });
    expect(JSON.parse((await api.call("GET", "/api/user/u")).text)).toMatchObject({ Comment: "first" });
  });

  it("keys match in any case, unknown keys are ignored, null is absent", async () => {
    await using api = await startTestApi();
    const body = { itemid: "i", ISHIDDEN: true, categories: null, extra: 1, Labels: null, Comment: null };
    expect((await api.call("POST", "/api/item", body)).status).toBe(200);
    const item = JSON.parse((await api.call("GET", "/api/item/i")).text);
    expect(item).toEqual({
      ItemId: "i",
      IsHidden: true,
      Categories: null,
      Timestamp: "0001-01-01T00:00:00Z",
      Labels: null,
      Comment: "",
    });
    const patch = { IsHidden: null, Categories: ["a", "", "a"], Timestamp: null, Labels: null, Comment: "c" };
    await api.call("PATCH", "/api/item/i", patch);
    expect(JSON.parse((await api.call("GET", "/api/item/i")).text)).toEqual({ ...item, Categories: ["a"], Comment: "c" });
    await api.call("PATCH", "/api/item/i", { Categories: [] });
    expect(JSON.parse((await api.call("GET", "/api/item/i")).text)).toMatchObject({ Categories: null });
  });

  it("ids with a slash, a plus sign and letters of other scripts can be asked for and paged", async () => {
    await using api = await startTestApi();
    const ids = ["?>?>a", "a+b c", "a/b", "été"];
    await api.call(
      "POST",
      "/api/users",
      ids.map((UserId) => ({ UserId })),
    );
    for (const id of ids) {
      expect(JSON.parse((await api.call("GET", `/api/user/${encodeURIComponent(id)}`)).text).UserId).toBe(id);
    }
    const seen: string[] = [];
    let cursor = "";
    do {
      // As gorse-go does: the cursor stands unescaped in the address.
      const page = JSON.parse((await api.call("GET", `/api/users?n=1&cursor=${cursor}`)).text);
      seen.push(...page.Users.map((user: { UserId: string }) => user.UserId));
      cursor = page.Cursor;
    } while (cursor !== "");
    expect(seen).toEqual(ids);
  });

  it("are found by the words of q, hidden ones too, once columns are set", async () => {
    await using api = await startTestApi({ itemSearch: true });
    await api.dataStore.itemSearch.index(["comment"]);
    const items = [
      { ItemId: "2", Comment: "The Story of Us", IsHidden: true },
      { ItemId: "1", Comment: "Toy Story" },
      { ItemId: "3", Comment: "Up" },
    ];
    await api.call("POST", "/api/items", items);
    const find = async (query: string): Promise<{ Cursor: string; Items: { ItemId: string }[] }> => {
      const { status, text } = await api.call("GET", `/api/items?${query}`);
      expect(status).toBe(200);
      return JSON.parse(text);
    };
    const ids = async (query: string): Promise<string[]> => (await find(query)).Items.map((item) => item.ItemId);
    expect(await find("q=toy+story&n=1&cursor=%3F")).toMatchObject({
      Cursor: "",
      Items: [{ ItemId: "1", Comment: "Toy Story" }],
    });
    expect(await ids("q=story%20toy")).toEqual(["1", "2"]);
    for (const nothing of ["q=%20", "q=%22*%22", "q=story&n=0", "q=story&n=-1"]) expect(await ids(nothing)).toEqual([]);
    expect((await api.call("GET", "/api/items?q=story&n=x")).status).toBe(400);
  });

  it("n=0 gives an empty page that says where to begin", async () => {
    await using api = await startTestApi();
    await api.call("POST", "/api/users", [{ UserId: "101" }]);
    expect((await api.call("GET", "/api/users?n=0")).text).toBe('{\n "Cursor": "MTAx",\n "Users": []\n}');
  });
});

describe("feedback", () => {
  const row = (itemId: string, more: object = {}): object => ({ FeedbackType: "watch", UserId: "u", ItemId: itemId, ...more });

  it("a key that stands twice in a request adds up", async () => {
    await using api = await startTestApi();
    const answer = await api.call("POST", "/api/feedback", [row("i", { Value: 1 }), row("i", { Value: 2 })]);
    expect(answer.text).toBe('{\n "RowAffected": 2\n}');
    expect(JSON.parse((await api.call("GET", "/api/feedback/watch/u/i")).text).Value).toBe(3);
  });

  it("rows of unknown users and items are not counted when they are not created", async () => {
    await using api = await startTestApi({ autoInsertUsers: false, autoInsertItems: false });
    await api.call("POST", "/api/user", { UserId: "u" });
    await api.call("POST", "/api/item", { ItemId: "i" });
    const answer = await api.call("POST", "/api/feedback", [row("i"), row("unknown"), row("i", { UserId: "unknown" })]);
    expect(answer.text).toBe('{\n "RowAffected": 1\n}');
    expect((await api.call("GET", "/api/user/unknown")).status).toBe(404);
  });

  it("rows of the future are hidden from lists and shown by their key", async () => {
    await using api = await startTestApi({ clockErrorMs: 5000 });
    await api.call("POST", "/api/feedback", [
      row("soon", { Timestamp: iso(NOW_MS + 4000) }),
      row("later", { Timestamp: iso(NOW_MS + 6000) }),
    ]);
    for (const path of [
      "/api/user/u/feedback",
      "/api/user/u/feedback/watch",
      "/api/item/later/feedback/",
      "/api/feedback/watch",
    ]) {
      expect((await api.call("GET", path)).text).not.toContain('"later"');
    }
    expect((await api.call("GET", "/api/user/u/feedback")).text).toContain('"soon"');
    expect((await api.call("GET", "/api/feedback/u/later")).text).toContain('"later"');
    api.clock.advance(1000);
    expect((await api.call("GET", "/api/item/later/feedback")).text).toContain('"later"');
  });

  it("typed feedback of a user comes in order of items, all of it newest first", async () => {
    await using api = await startTestApi();
    const items = ["11", "1060", "1"];
    await api.call(
      "POST",
      "/api/feedback",
      items.map((id, place) => row(id, { Timestamp: iso(NOW_MS - place * 1000), Value: place })),
    );
    const idsOf = async (path: string): Promise<string[]> =>
      JSON.parse((await api.call("GET", path)).text).map((feedback: { ItemId: string }) => feedback.ItemId);
    expect(await idsOf("/api/user/u/feedback/watch")).toEqual(["1", "1060", "11"]);
    expect(await idsOf("/api/user/u/feedback/watch%3E=1")).toEqual(["1", "1060"]);
    expect(await idsOf("/api/user/u/feedback/")).toEqual(["11", "1060", "1"]);
  });

  it("the listener hears of stored rows, and its failure is not the caller's", async () => {
    const heard: (readonly Feedback[])[] = [];
    await using api = await startTestApi(
      {},
      {
        onFeedback: (rows) => {
          heard.push(rows);
          throw new Error("listener broke");
        },
      },
    );
    expect((await api.call("POST", "/api/feedback", [row("i")])).status).toBe(200);
    expect(heard).toMatchObject([[{ userId: "u", itemId: "i" }]]);
    expect(api.lines.some((line) => line.level === "error")).toBe(true);
  });

  it("a body on GET and DELETE is not looked at", async () => {
    await using api = await startTestApi();
    await api.call("POST", "/api/feedback", [row("i")]);
    expect((await api.call("DELETE", "/api/feedback/watch/u/i", "null")).text).toBe('{\n "RowAffected": 1\n}');
  });
});
