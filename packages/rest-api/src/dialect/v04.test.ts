import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApi, type TestApi } from "../../test/test-api.ts";
import { createRestApi } from "../index.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ compatibility: "v0.4" });
});
afterAll(() => api[Symbol.asyncDispose]());

const json = async (method: string, path: string, body?: unknown): Promise<unknown> =>
  JSON.parse((await api.call(method, path, body)).text);

describe("compatibility v0.4", () => {
  it("gives users a field Subscribe, as gorsejs' own tests want them", async () => {
    const user = { UserId: "100", Labels: ["a", "b", "c"], Comment: "comment", Subscribe: null };
    expect(await json("POST", "/api/user", user)).toEqual({ RowAffected: 1 });
    const { text } = await api.call("GET", "/api/user/100");
    expect(text).toBe(
      '{\n "UserId": "100",\n "Labels": [\n  "a",\n  "b",\n  "c"\n ],\n "Subscribe": null,\n "Comment": "comment"\n}',
    );
    expect(await json("GET", "/api/users")).toEqual({ Cursor: "", Users: [user] });
  });

  it.each<[string, string, unknown, string]>([
    ["POST", "/api/user", { UserId: "u", Labels: { a: 1 } }, "object into Go struct field User.Labels of type []string"],
    ["POST", "/api/users", [{ UserId: "u", Labels: "a" }], "string into Go struct field User.Labels of type []string"],
    ["PATCH", "/api/user/100", { Labels: [1] }, "number into Go struct field UserPatch.Labels of type string"],
    ["POST", "/api/item", { ItemId: "i", Labels: [1, 2] }, "number into Go struct field Item.Labels of type string"],
    ["PATCH", "/api/item/i", { Labels: 1 }, "number into Go struct field ItemPatch.Labels of type []string"],
  ])("takes lists of names as labels only: %s %s %j", async (method, path, body, text) => {
    const answer = await api.call(method, path, body);
    expect([answer.status, answer.text]).toEqual([400, `json: cannot unmarshal ${text}`]);
  });

  it("shows labels of another kind as none", async () => {
    const item = { itemId: "new", isHidden: false, categories: [], timestampMs: 0, labels: { a: "b" }, comment: "" };
    await api.dataStore.items.upsert([item]);
    expect(await json("GET", "/api/item/new")).toMatchObject({ Labels: null });
    await api.call("DELETE", "/api/item/new");
  });

  it("shows feedback without a value", async () => {
    const row = { FeedbackType: "like", UserId: "100", ItemId: "i1", Timestamp: "2024-01-02T03:04:05Z", Comment: "c" };
    await api.call("POST", "/api/feedback", [row]);
    expect(await json("GET", "/api/feedback/like/100/i1")).toEqual(row);
    expect(await json("GET", "/api/user/100/feedback")).toEqual([row]);
    expect(await json("GET", "/api/item/i1/feedback/like")).toEqual([row]);
    expect(await json("GET", "/api/feedback")).toEqual({ Cursor: "", Feedback: [row] });
  });

  it("shows whole items in ranked lists on request", async () => {
    const item = {
      ItemId: "i1",
      IsHidden: false,
      Categories: ["c"],
      Timestamp: "2024-01-02T00:00:00Z",
      Labels: ["x"],
      Comment: "",
    };
    await api.call("POST", "/api/item", item);
    for (const key of ["non-personalized/popular", "item-to-item/neighbors/i2", "recommend/100", "latest"]) {
      api.recommender.set(key, [
        ["i1", 2.5],
        ["gone", 1],
      ]);
    }
    const paths = ["/api/popular", "/api/latest", "/api/item/i2/neighbors", "/api/intermediate/recommend/100"];
    for (const path of paths) {
      expect(await json("GET", `${path}?more-details=true`)).toEqual([{ ...item, Score: 2.5 }]);
      expect(await json("GET", path)).toEqual([
        { Id: "i1", Score: 2.5 },
        { Id: "gone", Score: 1 },
      ]);
    }
    const { text } = await api.call("GET", "/api/popular?more-details=true");
    expect(text.endsWith('\n  "Comment": "",\n  "Score": 2.5\n }\n]')).toBe(true);
  });

  it("leaves items without a time out of the newest", async () => {
    api.recommender.set("latest", [
      ["i1", 1704153600],
      ["timeless", -62135596800],
    ]);
    expect(await json("GET", "/api/latest/c")).toEqual([{ Id: "i1", Score: 1704153600 }]);
  });

  it("is told in the document", async () => {
    const { components } = (await json("GET", "/apidocs.json")) as { components: { schemas: Record<string, object> } };
    expect(components.schemas.UserAnswer).toMatchObject({ required: ["UserId", "Labels", "Subscribe", "Comment"] });
    expect(components.schemas.FeedbackAnswer).not.toHaveProperty(["properties", "Value"]);
  });

  it("is off by default, and no other version is known", async () => {
    const app = createRestApi({ ...api.dependencies, options: {} });
    expect(await (await app.request("/api/user/100")).json()).not.toHaveProperty("Subscribe");
    const options = { compatibility: "v0.3" as "v0.4" };
    expect(() => createRestApi({ ...api.dependencies, options })).toThrow("compatibility must be one of v0.4, v0.5, got v0.3");
  });
});
