import { UnavailableError } from "@furze/core";
import { describe, expect, it } from "vitest";
import { NOW_MS, startTestApi } from "../test/test-api.ts";

const SCORES = [
  ["a&b", 0.5],
  ["c", 1e-7],
] as const;

describe("recommend", () => {
  it("gives ids, scores or details", async () => {
    await using api = await startTestApi();
    api.recommender.set("recommend/u", SCORES);
    expect((await api.call("GET", "/api/recommend/u/")).text).toBe('[\n "a\\u0026b",\n "c"\n]');
    const scores = await api.call("GET", "/api/recommend/u", undefined, { "x-api-version": " 2 " });
    expect(JSON.parse(scores.text)).toEqual([
      { Id: "a&b", Score: 0.5 },
      { Id: "c", Score: 1e-7 },
    ]);
    const details = await api.call("GET", "/api/recommend/u?details=true&n=1");
    const expected = [{ Id: "a&b", Score: 0.5, Sources: ["collaborative", "latest"], ModelId: "m1" }];
    expect(details.text).toBe(JSON.stringify(expected, null, 1).replace("&", "\\u0026"));
    expect((await api.call("GET", "/api/recommend/stranger")).text).toBe("[]");
  });

  it("passes paging and categories on; n=0 asks for all", async () => {
    await using api = await startTestApi({ maxLimit: 77, defaultLimit: 3 });
    await api.call("GET", "/api/recommend/u?offset=4&category=x&category=&category=y");
    await api.call("GET", "/api/recommend/u/z?n=0&category=x");
    await api.call("GET", "/api/latest?user-id=&category=");
    await api.call("GET", "/api/latest?user-id=u&n=0");
    expect(api.recommender.queries).toEqual([
      { limit: 3, offset: 4, categories: ["x", "y"] },
      { limit: 77, offset: 0, categories: ["z"] },
      { limit: 3, offset: 0, categories: undefined, excludeSeenBy: undefined },
      { limit: 0, offset: 0, categories: undefined, excludeSeenBy: "u" },
    ]);
  });

  it("writes back what it returned, with the delay, for users that exist", async () => {
    await using api = await startTestApi();
    await api.call("POST", "/api/user", { UserId: "u" });
    await api.call("POST", "/api/items", [{ ItemId: "a&b" }, { ItemId: "c" }]);
    api.recommender.set("recommend/u", SCORES);
    api.recommender.set("recommend/stranger", SCORES);
    const query = "n=1&write-back-type=read&write-back-delay=1h";
    expect((await api.call("GET", `/api/recommend/u?${query}`)).status).toBe(200);
    expect((await api.call("GET", `/api/recommend/stranger?${query}`)).status).toBe(200);
    const [rows] = await api.dataStore.feedback.ofUsers(["u"]);
    expect(rows).toEqual([
      {
        feedbackType: "read",
        userId: "u",
        itemId: "a&b",
        value: 0,
        timestampMs: NOW_MS + 3_600_000,
        updatedMs: NOW_MS + 3_600_000,
        comment: "",
      },
    ]);
    expect(await api.dataStore.feedback.count()).toBe(1);
  });
});

describe("lists", () => {
  it("popular is the non-personalized list of that name", async () => {
    await using api = await startTestApi({ popularRecommender: "trending" });
    api.recommender.set("non-personalized/trending", SCORES, NOW_MS);
    const answer = await api.call("GET", "/api/popular/?n=1");
    expect(JSON.parse(answer.text)).toEqual([{ Id: "a&b", Score: 0.5 }]);
    expect(answer.headers.get("last-modified")).toBe("Tue, 24 Nov 2026 12:00:00 UTC");
  });

  it("the stored list is served under its old name too", async () => {
    await using api = await startTestApi();
    api.recommender.set("recommend/u", SCORES, NOW_MS);
    const answer = await api.call("GET", "/api/intermediate/recommend/u");
    expect(answer.text).toBe((await api.call("GET", "/api/collaborative-filtering/u")).text);
    expect(JSON.parse(answer.text)).toHaveLength(2);
  });

  it("says what is not enabled", async () => {
    await using api = await startTestApi();
    api.recommender.isItemToItemConfigured = false;
    api.recommender.isCollaborativeConfigured = false;
    expect(await textAndStatus(api.call("GET", "/api/item/i/neighbors"))).toEqual([
      404,
      "item-to-item recommendation is not enabled",
    ]);
    expect(await textAndStatus(api.call("POST", "/api/session/recommend", []))).toEqual([
      404,
      "item-to-item recommendation is not enabled",
    ]);
    expect(await textAndStatus(api.call("GET", "/api/collaborative-filtering/u"))).toEqual([
      404,
      "collaborative filtering recommendation is disabled",
    ]);
  });

  it("a session gets a list, an empty one an empty list", async () => {
    await using api = await startTestApi();
    api.recommender.set("item-to-item/200", [["300", 1]]);
    const session = [{ FeedbackType: "like", UserId: "", ItemId: "200", Timestamp: "" }];
    expect((await api.call("POST", "/api/session/recommend/?n=3", session)).text).toBe(
      '[\n {\n  "Id": "300",\n  "Score": 1\n }\n]',
    );
    expect((await api.call("POST", "/api/session/recommend", [])).text).toBe("[]");
    expect((await api.call("POST", "/api/session/recommend", [{ ItemId: "" }])).status).toBe(400);
  });

  it("measurements come newest first", async () => {
    await using api = await startTestApi();
    const points = [1, 2, 3].map((hour) => ({
      name: "NDCG",
      timestampMs: NOW_MS - 4 * 3_600_000 + hour * 3_600_000,
      value: hour / 10,
    }));
    await api.dependencies.cacheStore.addPoints(points);
    const answer = await api.call("GET", "/api/measurements/NDCG?n=2");
    expect(answer.text).toBe(
      JSON.stringify(
        [
          { Name: "NDCG", Timestamp: "2026-11-24T11:00:00Z", Value: 0.3 },
          { Name: "NDCG", Timestamp: "2026-11-24T10:00:00Z", Value: 0.2 },
        ],
        null,
        1,
      ),
    );
    expect((await api.call("GET", "/api/measurements/none")).text).toBe("[]");
  });
});

describe("failures of the server", () => {
  it("are logged with their stack and told without detail", async () => {
    await using api = await startTestApi();
    api.recommender.failure = new TypeError("password=hunter2 of db.internal");
    const answer = await api.call("GET", "/api/latest");
    const requestId = answer.headers.get("x-request-id");
    expect([answer.status, answer.text]).toEqual([500, `internal error (request ${requestId})`]);
    expect(api.lines.find((line) => line.level === "error")?.fields).toMatchObject({
      requestId,
      error: api.recommender.failure,
    });
    api.recommender.failure = undefined;
    expect((await api.call("GET", "/api/latest")).status).toBe(200);
  });

  it("a store that cannot be reached is 503", async () => {
    await using api = await startTestApi();
    api.recommender.failure = new UnavailableError("connect ECONNREFUSED 10.1.2.3:5432");
    const answer = await api.call("GET", "/api/latest");
    expect(answer.status).toBe(503);
    expect(answer.text).not.toContain("10.1.2.3");
  });
});

async function textAndStatus(answer: Promise<{ status: number; text: string }>): Promise<[number, string]> {
  const { status, text } = await answer;
  return [status, text];
}
