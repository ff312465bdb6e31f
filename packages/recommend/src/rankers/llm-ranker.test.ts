import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ids, item, like, list, openStores, type Stores, type System, systemOf } from "../../test/fixture.ts";
import { type Behaviour, byLastWord, startReranker } from "../../test/reranker-stub.ts";
import { RerankerClient } from "../llm/reranker-client.ts";
import type { LlmRankerOptions } from "../pipeline-options.ts";

const QUERY = "{{ user.UserId }} likes {% for liked in feedback %}{{ liked.Comment }} {% endfor %}: {{ user.Labels.wants }}";

let stores: Stores;

const llm = (url: string, more: Partial<LlmRankerOptions> = {}): LlmRankerOptions => ({
  type: "llm",
  queryTemplate: QUERY,
  documentTemplate: "{{ item.Comment }} {{ item.Labels.words | join(' ') }}",
  api: { url, model: "m1", authToken: "", timeoutMs: 5000, requestsPerMinute: 0 },
  ...more,
});

const system = (ranker: LlmRankerOptions): System =>
  systemOf(
    stores,
    { ranker, recommenders: ["non-personalized/popular"], fallback: [] },
    { reranker: new RerankerClient(ranker.api) },
  );

/** Words of the items: the more `sea`, the better for those who want it. */
const WORDS = { a: ["sea"], b: [], c: ["sea", "sea", "sea"], d: ["sea", "sea"] };

beforeEach(async () => {
  stores = await openStores();
  await stores.dataStore.items.upsert(
    Object.entries(WORDS).map(([id, words]) => item(id, { comment: `film ${id}`, labels: { words } })),
  );
  await stores.dataStore.items.upsert([item("seen", { comment: "Jaws" })]);
  await stores.dataStore.users.upsert([{ userId: "ann", labels: { wants: "sea" }, comment: "" }]);
  await stores.dataStore.feedback.upsert([like("ann", "seen")], { mode: "sum" });
  await stores.cacheStore.putLists([list("non-personalized/popular", "", { a: 4, b: 3, c: 2, d: 1 })]);
});

afterEach(() => stores[Symbol.asyncDispose]());

const listOfAnn = async () => (await stores.cacheStore.getLists([{ collection: "recommend", name: "ann" }])).lists[0];

describe("LlmRanker", () => {
  it("orders candidates by what the model says, and tells it about user and items by the templates", async () => {
    await using server = await startReranker(byLastWord);
    await system(llm(server.url)).maker.makeLists();
    const made = await listOfAnn();
    expect(made?.entries.map(({ id }) => id)).toEqual(["c", "d", "a", "b"]);
    expect(made?.entries.map(({ score }) => score)).toEqual([3, 2, 1, 0]);
    expect(server.requests[0]?.body.query).toBe("ann likes Jaws : sea");
    expect(server.requests[0]?.body.documents).toEqual(["film a sea", "film b ", "film c sea sea sea", "film d sea sea"]);
  });

  it("lets those that are not ranked follow in their order, with the lowest score", async () => {
    await using server = await startReranker(() => ({ results: [{ index: 3, relevance_score: 0.5 }] }));
    await system(llm(server.url)).maker.makeLists();
    expect((await listOfAnn())?.entries.map(({ id, score }) => [id, score])).toEqual([
      ["d", 0.5],
      ["a", 0.5],
      ["b", 0.5],
      ["c", 0.5],
    ]);
  });

  it("does not send items that the template does not fit", async () => {
    await stores.dataStore.items.upsert([item("a", { comment: "no labels" })]);
    await using server = await startReranker(byLastWord);
    await system(llm(server.url)).maker.makeLists();
    expect(server.requests[0]?.body.documents).toEqual(["film b ", "film c sea sea sea", "film d sea sea"]);
    expect((await listOfAnn())?.entries.map(({ id }) => id)).toEqual(["c", "d", "b", "a"]);
  });

  it("keeps the merged order when the model fails, and asks again after a while", async () => {
    const down: Behaviour = () => ({ status: 400 });
    await using server = await startReranker(down, byLastWord);
    const { maker } = system(llm(server.url));
    expect((await maker.makeLists()).made).toBe(1);
    expect((await listOfAnn())?.entries.map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
    expect((await maker.makeLists()).made).toBe(0);
    stores.clock.advance(5 * 60_000);
    expect((await maker.makeLists()).made).toBe(1);
    expect((await listOfAnn())?.entries.map(({ id }) => id)).toEqual(["c", "d", "a", "b"]);
    stores.clock.advance(5 * 60_000);
    expect((await maker.makeLists()).made).toBe(0);
  });

  it("stops asking for the batch after four failures in a row", async () => {
    const others = Array.from({ length: 30 }, (_, user) => ({ userId: `u${user}`, labels: null, comment: "" }));
    await stores.dataStore.users.upsert(others);
    await using server = await startReranker(() => ({ status: 400 }));
    const ranker = llm(server.url);
    const reranker = new RerankerClient(ranker.api);
    const { pipeline } = systemOf(stores, { ranker, recommenders: ["non-personalized/popular"], fallback: [] }, { reranker });
    const histories = await pipeline.histories.load(others.map(({ userId }) => userId));
    const incomplete: number[] = [];
    const onIncomplete = (position: number) => void incomplete.push(position);
    const requests = histories.map((history) => pipeline.requestFor(history));
    const ranked = await pipeline.rank(requests, { limit: 2, onIncomplete });
    expect(ranked.every(({ length }) => length === 2)).toBe(true);
    expect(incomplete.toSorted((a, b) => a - b)).toEqual(others.keys().toArray());
    expect(server.requests.length).toBeLessThan(8);
  });

  it("makes lists anew under other templates or another model, but not under another token", async () => {
    await using server = await startReranker(byLastWord);
    const first = llm(server.url);
    await system(first).maker.makeLists();
    const made = async (ranker: LlmRankerOptions) => (await system(ranker).maker.makeLists()).made;
    expect(await made({ ...first, api: { ...first.api, authToken: "rotated", timeoutMs: 1 } })).toBe(0);
    expect(await made({ ...first, api: { ...first.api, model: "m2" } })).toBe(1);
    expect(await made({ ...first, documentTemplate: "{{ item.Comment }}" })).toBe(1);
  });

  it("asks nobody online: what the worker has ranked is served", async () => {
    await using server = await startReranker(byLastWord);
    const ranker = llm(server.url);
    await system(ranker).maker.makeLists();
    const { recommender } = systemOf(stores, { ranker, recommenders: ["non-personalized/popular"], fallback: [] });
    expect(ids(await recommender.recommend("ann", { limit: 9 }))).toEqual(["c", "d", "a", "b"]);
    expect(ids(await recommender.recommend("stranger", { limit: 9 }))).toEqual(["a", "b", "c", "d"]);
    expect(server.requests.length).toBe(1);
  });

  it("refuses templates that are none, and counts one that cannot be filled in as a failure", async () => {
    await using server = await startReranker(byLastWord);
    expect(() => system(llm(server.url, { queryTemplate: "{% for x" }))).toThrow(
      expect.objectContaining({ path: "query_template" }),
    );
    await system(llm(server.url, { queryTemplate: "{{ user.UserId | shout }}" })).maker.makeLists();
    expect((await listOfAnn())?.entries.map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
    expect(server.requests.length).toBe(0);
  });
});
