import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApi, type TestApi } from "../test/test-api.ts";

const LONG = "x".repeat(257);

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ maxBodyBytes: 10_000, maxLimit: 100, quota: { maxLabelsBytes: 200 } });
});
afterAll(() => api[Symbol.asyncDispose]());

async function counts(): Promise<number[]> {
  const { users, items, feedback } = api.dataStore;
  return Promise.all([users.count(), items.count(), feedback.count()]);
}

describe("bodies that are refused", () => {
  const feedback = { FeedbackType: "like", UserId: "u", ItemId: "i" };
  const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
  it.each<[string, string, unknown, string]>([
    ["POST", "/api/user", "", "EOF"],
    ["POST", "/api/user", "{", "unexpected EOF"],
    ["POST", "/api/user", '{"UserId":"a"} x', "invalid character 'x' after top-level value"],
    ["POST", "/api/user", "[]", "json: cannot unmarshal array into Go value of type data.User"],
    ["POST", "/api/user", { UserId: 1 }, "json: cannot unmarshal number into Go struct field User.UserId of type string"],
    ["POST", "/api/user", { USERID: true }, "json: cannot unmarshal bool into Go struct field User.UserId of type string"],
    ["POST", "/api/user", {}, "UserId must not be empty"],
    ["POST", "/api/user", "null", "UserId must not be empty"],
    ["POST", "/api/user", { UserId: null }, "UserId must not be empty"],
    ["POST", "/api/user", { UserId: LONG }, "UserId has 257 characters, at most 256 are allowed"],
    ["POST", "/api/user", { UserId: "a\0b" }, "UserId must not contain a NUL character"],
    ["POST", "/api/user", '{"UserId":"\\ud800"}', "UserId is not valid Unicode text"],
    ["POST", "/api/user", { UserId: "u", Labels: true }, "unsupported type in labels: bool"],
    ["POST", "/api/user", { UserId: "u", Labels: { a: { b: false } } }, "unsupported type in labels: bool"],
    ["POST", "/api/user", { UserId: "u", Labels: [1, "x"] }, 'unsupported labels: [1,"x"]'],
    ["POST", "/api/user", { UserId: "u", Labels: { a: [[1]] } }, "unsupported labels: [[1]]"],
    ["POST", "/api/user", `{"UserId":"u","Labels":${nested(1000)}}`, "unsupported labels: nested deeper than 32 levels"],
    ["POST", "/api/users", [{ UserId: "u" }, { UserId: "" }], "[1].UserId must not be empty"],
    ["POST", "/api/users", [{ UserId: "u" }, 7], "json: cannot unmarshal number into Go value of type data.User"],
    ["POST", "/api/users", { UserId: "u" }, "json: cannot unmarshal object into Go value of type []data.User"],
    [
      "POST",
      "/api/item",
      { ItemId: "i", IsHidden: "no" },
      "json: cannot unmarshal string into Go struct field Item.IsHidden of type bool",
    ],
    [
      "POST",
      "/api/item",
      { ItemId: "i", Categories: "c" },
      "json: cannot unmarshal string into Go struct field Item.Categories of type []string",
    ],
    [
      "POST",
      "/api/item",
      { ItemId: "i", Categories: ["c", 1] },
      "json: cannot unmarshal number into Go struct field Item.Categories of type string",
    ],
    ["POST", "/api/item", { ItemId: "i", Categories: [LONG] }, "Categories must be texts of at most 256 characters"],
    [
      "POST",
      "/api/item",
      { ItemId: "i", Timestamp: 5 },
      "json: cannot unmarshal number into Go struct field Item.Timestamp of type string",
    ],
    ["POST", "/api/items", [{ ItemId: "i" }, { ItemId: "j", Timestamp: "xx" }], 'Could not find format for "xx"'],
    ["POST", "/api/feedback", [feedback, { ...feedback, UserId: "" }], "[1].UserId must not be empty"],
    ["POST", "/api/feedback", [feedback, { ...feedback, FeedbackType: undefined }], "[1].FeedbackType must not be empty"],
    [
      "POST",
      "/api/feedback",
      [feedback, { ...feedback, ItemId: LONG }],
      "[1].ItemId has 257 characters, at most 256 are allowed",
    ],
    [
      "POST",
      "/api/feedback",
      [feedback, { ...feedback, Value: "5" }],
      "json: cannot unmarshal string into Go struct field Feedback.Value of type float64",
    ],
    ["PUT", "/api/feedback", [feedback, { ...feedback, Timestamp: "zz" }], 'Could not find format for "zz"'],
    [
      "PATCH",
      "/api/item/i",
      { Timestamp: "2020" },
      'parsing time "2020" as "2006-01-02T15:04:05Z07:00": cannot parse "2020" as "2006-01-02T15:04:05Z07:00"',
    ],
    ["PATCH", `/api/user/${LONG}`, { Comment: "c" }, "user-id has 257 characters, at most 256 are allowed"],
  ])("%s %s %j: %s", async (method, path, body, text) => {
    const answer = await api.call(method, path, body);
    expect([answer.status, answer.text]).toEqual([400, text]);
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await counts()).toEqual([0, 0, 0]);
  });

  it("a body over the limit, declared or not", async () => {
    const body = JSON.stringify({ UserId: "u", Comment: "c".repeat(10_000) });
    const answer = await api.call("POST", "/api/user", body);
    expect([answer.status, answer.text]).toEqual([413, "request body is larger than 10000 bytes"]);
    expect((await api.call("POST", "/api/user", body, { "content-length": String(body.length) })).status).toBe(413);
    expect(await counts()).toEqual([0, 0, 0]);
  });

  it("labels over the limit", async () => {
    const answer = await api.call("POST", "/api/items", [{ ItemId: "i" }, { ItemId: "j", Labels: "x".repeat(300) }]);
    expect([answer.status, answer.text]).toEqual([429, "labels size exceeds limit (302 > 200)"]);
    expect(await counts()).toEqual([0, 0, 0]);
  });

  it("a body that is not JSON by its type", async () => {
    const answer = await api.call("POST", "/api/user", '{"UserId":"u"}', { "content-type": "text/plain" });
    expect([answer.status, answer.text]).toEqual([415, "415: Unsupported Media Type"]);
    expect(await counts()).toEqual([0, 0, 0]);
  });
});

describe("addresses that are refused", () => {
  it.each([
    ["/api/users?n=abc", 'strconv.Atoi: parsing "abc": invalid syntax'],
    ["/api/users?n=1.5", 'strconv.Atoi: parsing "1.5": invalid syntax'],
    ["/api/users?n=99999999999999999999", 'strconv.Atoi: parsing "99999999999999999999": value out of range'],
    ["/api/users?n=-1", "n must be at least 0, got -1"],
    ["/api/feedback?n=-5", "n must be at least 0, got -5"],
    ["/api/items?n=101", "n must be at most 100, got 101"],
    ["/api/recommend/u?offset=-1", "offset must be at least 0, got -1"],
    ["/api/latest?n=x", 'invalid n parameter: strconv.Atoi: parsing "x": invalid syntax'],
    ["/api/latest?offset=x", 'invalid offset parameter: strconv.Atoi: parsing "x": invalid syntax'],
    ["/api/users?cursor=!!!", "illegal base64 data at input byte 0"],
    ["/api/users?cursor=MTA", "illegal base64 data at input byte 0"],
    ["/api/users?cursor=MTAxM", "illegal base64 data at input byte 4"],
    ["/api/feedback?cursor=eA%3D%3D", "invalid character 'x' looking for beginning of value"],
    ["/api/recommend/u?write-back-type=read&write-back-delay=10", 'time: missing unit in duration "10"'],
    [
      "/api/user/u/feedback/%3E5",
      'invalid expression format, expected a feedback type with an optional bound such as "rating>=4", got ">5"',
    ],
    [`/api/item/${LONG}`, "item-id has 257 characters, at most 256 are allowed"],
    ["/api/item/a%00b", "item-id must not contain a NUL character"],
    ["/api/items?q=star", "item search is not supported because [recommend.search].columns is empty"],
  ])("GET %s: %s", async (path, text) => {
    const answer = await api.call("GET", path);
    expect([answer.status, answer.text]).toEqual([400, text]);
  });

  it("what is not there", async () => {
    expect((await api.call("GET", "/api/user/nobody")).text).toBe("nobody: user not found");
    expect((await api.call("PUT", "/api/item/nothing/category/c")).text).toBe("nothing: item not found");
    const feedback = await api.call("GET", "/api/feedback/rating/1/nothing");
    expect([feedback.status, feedback.text]).toEqual([404, "rating/1/nothing: feedback not found"]);
  });
});
