import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApi, type TestApi } from "../test/test-api.ts";

interface RecordedAnswer {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly status: number;
  readonly contentType: string | null;
  readonly lastModified: string | null;
  readonly text: string;
}

/** What Gorse v0.5.11 answered, in this order, on MovieLens-100K; the data below are the rows that the answers show. */
const recorded = JSON.parse(readFileSync(new URL("../test/gorse-answers.json", import.meta.url), "utf8")) as RecordedAnswer[];

const textOf = (name: string): string => recorded.find((answer) => answer.name === name)?.text ?? "";
const answerOf = (name: string): unknown => JSON.parse(textOf(name));
const rowsOf = (name: string, list: string): object[] => (answerOf(name) as Record<string, object[]>)[list] ?? [];

async function insertData({ call }: TestApi): Promise<void> {
  const users = [
    answerOf("user"),
    ...rowsOf("users", "Users"),
    ...rowsOf("users-page2", "Users"),
    { UserId: "104" },
    { UserId: "2" },
  ];
  const items = [answerOf("item"), ...rowsOf("items", "Items"), ...rowsOf("items-page2", "Items"), { ItemId: "1003" }];
  const feedback = [
    ...rowsOf("feedback", "Feedback"),
    ...rowsOf("feedback-page2", "Feedback"),
    ...(answerOf("item-feedback") as object[]),
    // Not in the answers but in their cursors.
    { FeedbackType: "rating", UserId: "1", ItemId: "104" },
  ];
  expect((await call("POST", "/api/users", users)).status).toBe(200);
  expect((await call("POST", "/api/items", items)).status).toBe(200);
  expect((await call("POST", "/api/feedback", feedback)).status).toBe(200);
}

function setLists({ recommender }: TestApi): void {
  const scores = (name: string): [string, number][] =>
    (answerOf(name) as { Id: string; Score: number }[]).map(({ Id, Score }) => [Id, Score]);
  const timeOf = (name: string): number =>
    Date.parse((recorded.find((answer) => answer.name === name)?.lastModified ?? "").replace("UTC", "GMT"));
  const ids = answerOf("recommend") as string[];
  const withScores = scores("recommend-v2-scores");
  recommender.set(
    "recommend/1",
    ids.map((id, place) => [id, withScores[place]?.[1] ?? 0]),
    timeOf("collaborative"),
  );
  recommender.set(
    "recommend/2",
    (answerOf("recommend-writeback") as string[]).map((id) => [id, 1]),
  );
  recommender.set("latest", [...scores("latest"), ...scores("latest-off")]);
  recommender.set("non-personalized/popular", scores("non-personalized"), timeOf("non-personalized"));
  recommender.set("item-to-item/neighbors/50", scores("item-to-item"), timeOf("item-to-item"));
  const users = scores("user-to-user").map(([userId, score]) => ({ userId, score }));
  recommender.similarUsers.set("neighbors/1", { rows: users, updatedMs: timeOf("user-to-user") });
}

describe("answers recorded from Gorse v0.5.11", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
    await insertData(api);
    setLists(api);
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it.each(recorded)("$name: $method $path", async (answer) => {
    const got = await api.call(answer.method, answer.path, answer.body ?? undefined, answer.headers);
    expect(got.text).toBe(answer.text);
    expect(got.status).toBe(answer.status);
    expect(got.headers.get("content-type")).toBe(answer.contentType);
    expect(got.headers.get("last-modified")).toBe(answer.lastModified);
  });
});
