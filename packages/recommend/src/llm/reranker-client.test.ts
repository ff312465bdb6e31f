import { expect, it } from "vitest";
import { type Behaviour, startReranker } from "../../test/reranker-stub.ts";
import { RerankerClient, type RerankerOptions } from "./reranker-client.ts";

const client = (url: string, more: Partial<RerankerOptions> = {}): RerankerClient =>
  new RerankerClient({ url, model: "m1", authToken: "hush", timeoutMs: 5000, requestsPerMinute: 0, ...more });

const results = (...rows: [index: number, score: number][]): Behaviour => {
  return () => ({ results: rows.map(([index, score]) => ({ index, relevance_score: score })) });
};

it("sends model, query, documents and the token, and sorts what comes back", async () => {
  await using server = await startReranker(results([2, 0.1], [0, 0.9], [1, -3]));
  expect(await client(server.url).rerank("q", ["a", "b", "c"])).toEqual([
    { index: 0, score: 0.9 },
    { index: 2, score: 0.1 },
    { index: 1, score: -3 },
  ]);
  expect(server.requests).toMatchObject([
    { authorization: "Bearer hush", body: { model: "m1", query: "q", documents: ["a", "b", "c"] } },
  ]);
});

it("asks nobody about no documents, and sends no header without a token", async () => {
  await using server = await startReranker(results([0, 1]));
  expect(await client(server.url).rerank("q", [])).toEqual([]);
  await client(server.url, { authToken: "" }).rerank("q", ["a"]);
  expect(server.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
});

it("tries again after 429 and 5xx, when the server says so", async () => {
  const busy: Behaviour = () => ({ status: 429, headers: { "retry-after": "0" } });
  await using server = await startReranker(busy, () => ({ status: 503, headers: { "retry-after": "0" } }), results([0, 1]));
  expect(await client(server.url).rerank("q", ["a"])).toEqual([{ index: 0, score: 1 }]);
  expect(server.requests.length).toBe(3);
});

it("gives up after four attempts, and at once when the request itself is refused", async () => {
  await using down = await startReranker(() => ({ status: 500, headers: { "retry-after": "0" } }));
  await expect(client(down.url).rerank("q", ["a"])).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
  expect(down.requests.length).toBe(4);
  await using strict = await startReranker(() => ({ status: 401 }));
  const refused = client(strict.url).rerank("q", ["a"]);
  await expect(refused).rejects.toThrow(/answered 401: check reranker_api.auth_token/);
  await expect(refused).rejects.not.toThrow(/hush/);
  expect(strict.requests.length).toBe(1);
});

it.each<[string, Behaviour]>([
  ["what is no JSON", () => "<html>"],
  ["no results", () => ({ error: "?" })],
  ["a document that was not sent", results([1, 1])],
  ["a document twice", results([0, 1], [0, 2])],
  ["a score that is no number", () => ({ results: [{ index: 0, relevance_score: "high" }] })],
])("refuses %s as an answer", async (_, behaviour) => {
  await using server = await startReranker(behaviour);
  await expect(client(server.url).rerank("q", ["a"])).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: false });
  expect(server.requests.length).toBe(1);
});

it("waits no longer than the timeout, and not at all for a caller that gives up", async () => {
  await using server = await startReranker(() => "hang");
  const controller = new AbortController();
  const asked = client(server.url, { timeoutMs: 20 }).rerank("q", ["a"], { signal: controller.signal });
  asked.catch(() => {});
  await expect.poll(() => server.requests.length).toBeGreaterThan(1);
  controller.abort();
  await expect(asked).rejects.toMatchObject({ code: "ABORTED" });
});

it("spreads requests over the minute", async () => {
  await using server = await startReranker(results([0, 1]));
  const one = client(server.url, { requestsPerMinute: 1200 });
  const startedMs = performance.now();
  await Promise.all([1, 2, 3, 4].map(() => one.rerank("q", ["a"])));
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(149);
});

it("takes addresses of HTTP only", () => {
  expect(() => client("ftp://host/x")).toThrow(expect.objectContaining({ path: "url" }));
});
