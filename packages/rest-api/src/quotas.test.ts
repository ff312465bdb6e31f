import { describe, expect, it } from "vitest";
import { startTestApi } from "../test/test-api.ts";
import { createRestApi } from "./index.ts";

const row = (UserId: string, ItemId: string) => ({ FeedbackType: "like", UserId, ItemId });

describe("quotas", () => {
  it("bound users and items, also those that feedback creates", async () => {
    await using api = await startTestApi({ quota: { maxUsers: 2, maxItems: 1 } });
    const post = async (path: string, body: unknown): Promise<[number, string]> => {
      const { status, text } = await api.call("POST", path, body);
      return [status, text];
    };
    expect((await post("/api/users", [{ UserId: "a" }, { UserId: "b" }]))[0]).toBe(200);
    expect(await post("/api/user", { UserId: "c" })).toEqual([429, "users count exceeds limit (3 > 2)"]);
    expect((await post("/api/user", { UserId: "a", Comment: "again" }))[0]).toBe(200);
    expect((await post("/api/feedback", [row("a", "i")]))[0]).toBe(200);
    expect(await post("/api/feedback", [row("a", "j")])).toEqual([429, "items count exceeds limit (2 > 1)"]);
    expect(await post("/api/feedback", [row("c", "i")])).toEqual([429, "users count exceeds limit (3 > 2)"]);
    expect(await post("/api/item", { ItemId: "j" })).toEqual([429, "items count exceeds limit (2 > 1)"]);
    expect(await Promise.all([api.dataStore.users.count(), api.dataStore.items.count()])).toEqual([2, 1]);
    await api.call("DELETE", "/api/user/b");
    await api.call("DELETE", "/api/item/i");
    expect((await post("/api/feedback", [row("c", "j")]))[0]).toBe(200);
  });

  it("let feedback of unknown users pass where it creates none", async () => {
    await using api = await startTestApi({
      quota: { maxUsers: 1, maxItems: 1 },
      autoInsertUsers: false,
      autoInsertItems: false,
    });
    const { status, text } = await api.call("POST", "/api/feedback", [row("a", "i"), row("b", "j")]);
    expect([status, JSON.parse(text)]).toEqual([200, { RowAffected: 0 }]);
  });

  it.each<[string, string, unknown, string]>([
    ["POST", "/api/user", { UserId: "u", Labels: "12345678" }, "labels size exceeds limit (10 > 9)"],
    ["PATCH", "/api/user/u", { Labels: ["abcdef"] }, "labels size exceeds limit (10 > 9)"],
    ["POST", "/api/users", [{ UserId: "u" }, { UserId: "v", Comment: "zwölf" }], "comment size exceeds limit (6 > 5)"],
    ["PATCH", "/api/item/i", { Comment: "123456" }, "comment size exceeds limit (6 > 5)"],
    ["POST", "/api/item", { ItemId: "i", Categories: ["a", "b", "c"] }, "categories count exceeds limit (3 > 2)"],
    ["POST", "/api/items", [{ ItemId: "i", Categories: ["abcde"] }], "category size exceeds limit (5 > 4)"],
    ["PATCH", "/api/item/full", { Categories: ["a", "b", "c"] }, "categories count exceeds limit (3 > 2)"],
    ["PUT", "/api/item/full/category/c", undefined, "categories count exceeds limit (3 > 2)"],
  ])("bound the parts of a row: %s %s", async (method, path, body, text) => {
    const quota = { maxLabelsBytes: 9, maxCommentBytes: 5, maxCategories: 2, maxCategoryBytes: 4 };
    await using api = await startTestApi({ quota });
    const full = { ItemId: "full", Labels: "1234567", Comment: "12345", Categories: ["a", "a", "", "bcde"] };
    expect((await api.call("POST", "/api/item", full)).status).toBe(200);
    expect((await api.call("PUT", "/api/item/full/category/a")).status).toBe(200);
    const answer = await api.call(method, path, body);
    expect([answer.status, answer.text]).toEqual([429, text]);
    expect(await api.dataStore.users.count()).toBe(0);
    expect(JSON.parse((await api.call("GET", "/api/item/full")).text)).toMatchObject({
      Categories: ["a", "bcde"],
      Comment: "12345",
    });
  });

  it("must be whole numbers", async () => {
    await using api = await startTestApi();
    expect(() => createRestApi({ ...api.dependencies, options: { quota: { maxItems: -1 } } })).toThrow(/maxItems/);
  });
});
