import { afterAll, beforeAll, expect, it } from "vitest";
import { byLastWord, type RerankerStub, startReranker } from "../packages/recommend/test/reranker-stub.ts";
import { TestSystem } from "./support/system.ts";

const CONFIG = (url: string): string => `
[recommend.data_source]
positive_feedback_types = ["like"]

[recommend.ranker]
type = "llm"
recommenders = ["latest"]
query_template = "{{ user.UserId }} liked {{ feedback | map(attribute='Comment') | join(', ') }} and wants {{ user.Labels.wants }}"
document_template = "{{ item.Comment }}: {{ item.Labels.words | join(' ') }}"

[recommend.ranker.reranker_api]
url = "${url}"
model = "m1"
auth_token = "hush"
`;

const system = new TestSystem();
let reranker: RerankerStub;

beforeAll(async () => {
  reranker = await startReranker(byLastWord);
  await system.start(CONFIG(reranker.url));
  const words = { a: ["sea"], b: [], c: ["sea", "sea"], d: ["hill", "hill"] };
  const items = Object.entries(words).map(([ItemId, list]) => ({
    ...{ ItemId, Comment: `film ${ItemId}`, Timestamp: `2026-01-0${1 + "dcba".indexOf(ItemId)}`, Labels: { words: list } },
  }));
  await system.post("/api/items", [...items, { ItemId: "seen", Comment: "Jaws" }]);
  await system.post("/api/users", [
    { UserId: "ann", Labels: { wants: "sea" } },
    { UserId: "ben", Labels: { wants: "hill" } },
  ]);
  await system.post("/api/feedback", [{ FeedbackType: "like", UserId: "ann", ItemId: "seen", Timestamp: "2026-01-01" }]);
  await system.train();
});

afterAll(async () => {
  await system.stop();
  await reranker[Symbol.asyncDispose]();
});

it("serves lists in the order of the language model, each user's own", async () => {
  expect(await system.get("/api/recommend/ann?n=4")).toEqual(["c", "a", "b", "d"]);
  expect(((await system.get("/api/recommend/ben?n=1")) as string[])[0]).toBe("d");
  const query = reranker.requests.map(({ body }) => body.query).find((text) => text.startsWith("ann"));
  expect(query).toBe("ann liked Jaws and wants sea");
  expect(reranker.requests.every(({ authorization }) => authorization === "Bearer hush")).toBe(true);
});

it("asks nobody while it answers, and keeps the list when the user likes something new", async () => {
  const before = reranker.requests.length;
  await system.post("/api/feedback", [{ FeedbackType: "like", UserId: "ann", ItemId: "c", Timestamp: "2026-01-02" }]);
  expect(await system.get("/api/recommend/ann?n=3")).toEqual(["a", "b", "d"]);
  expect(await system.get("/api/recommend/stranger?n=4")).toEqual(["a", "b", "c", "d"]);
  expect(reranker.requests.length).toBe(before);
});
