import { ManualClock } from "@furze/core";
import type { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { insertions, type RecordedAnswer, recorded, storedLists } from "../test/gorse-answers.ts";
import { openRealSystem, type RealSystem } from "../test/real-system.ts";
import { createRestApi } from "./index.ts";

/** A little after the answers were recorded. */
const NOW_MS = Date.UTC(2026, 10, 24, 12);

/** The one answer whose scores are sums: Gorse adds in double precision, Furze in single. */
const SUMS = "session-recommend-cat";

describe("answers recorded from Gorse v0.5.11, from the real recommender and stores", () => {
  let system: RealSystem;
  let app: Hono;
  beforeAll(async () => {
    system = await openRealSystem({}, new ManualClock(NOW_MS));
    app = createRestApi(system.dependencies);
    for (const [path, rows] of insertions()) {
      const headers = { "content-type": "application/json" };
      expect((await app.request(path, { method: "POST", headers, body: JSON.stringify(rows) })).status).toBe(200);
    }
    await system.dependencies.cacheStore.putLists(storedLists(NOW_MS + 3_600_000));
  });
  afterAll(() => system[Symbol.asyncDispose]());

  it.each(recorded.filter((answer) => answer.name !== SUMS))(
    "$name: $method $path",
    async ({ method, path, headers, body, ...answer }: RecordedAnswer) => {
      const got = await app.request(path, { method, headers, ...(body === null ? {} : { body }) });
      expect(await got.text()).toBe(answer.text);
      expect(got.status).toBe(answer.status);
      expect(got.headers.get("content-type")).toBe(answer.contentType);
      expect(got.headers.get("last-modified")).toBe(answer.lastModified);
    },
  );

  it(`${SUMS}: the same items, scores to seven digits`, async () => {
    const { path, body, headers, text } = recorded.find((answer) => answer.name === SUMS) as RecordedAnswer;
    const got = await app.request(path, { method: "POST", headers, body: body ?? "" });
    const scores = JSON.parse(text) as { Id: string; Score: number }[];
    expect(await got.json()).toEqual(scores.map(({ Id, Score }) => ({ Id, Score: expect.closeTo(Score, 6) })));
  });

  it("user-feedback: the rows that Gorse gives in the order of its database, newest first", async () => {
    const rows = (await (await app.request("/api/user/1/feedback")).json()) as { Timestamp: string; ItemId: string }[];
    const typed = (await (await app.request("/api/user/1/feedback/rating")).json()) as typeof rows;
    const newestFirst = typed.toSorted((a, b) => Date.parse(b.Timestamp) - Date.parse(a.Timestamp));
    expect(rows).toHaveLength(272);
    expect(rows).toEqual(newestFirst);
  });
});
