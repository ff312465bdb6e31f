import { ManualClock, parseFeedbackExpression } from "@furze/core";
import { ScriptRunner } from "@furze/recommend";
import type { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RecordedAnswer } from "../test/gorse-answers.ts";
import { masterInsertions, masterLists, masterPoints, recordedByMaster } from "../test/gorse-dashboard.ts";
import { openRealSystem, type RealSystem } from "../test/real-system.ts";
import { createMasterApi } from "./index.ts";

const NOW_MS = Date.UTC(2026, 10, 24, 12);
const POINTS_MS = Date.UTC(2026, 10, 24, 7, 11);

/** The one answer whose scores are sums: Gorse adds in double precision, Furze in single. */
const SUMS = "dashboard-recommend-i2i";

/** Furze keeps times to the millisecond. */
const toMilliseconds = (text: string): string => text.replaceAll(/(\.\d{3})\d+Z"/g, '$1Z"').replaceAll(/(\.\d*?)0+Z"/g, '$1Z"');

describe("answers recorded from the master of Gorse v0.5.11, from the real recommender and stores", () => {
  let system: RealSystem;
  let app: Hono;
  const scripts = new ScriptRunner(1);
  beforeAll(async () => {
    system = await openRealSystem({}, new ManualClock(NOW_MS));
    app = createMasterApi({
      ...system.dependencies,
      tasks: { tasks: () => [] },
      cluster: { nodes: () => [] },
      trainer: { trigger: () => true, state: { models: [] } },
      runScript: (script, userId) => scripts.run({ name: "preview", script }, userId),
      positiveFeedback: [parseFeedbackExpression("rating>=4")],
    });
    for (const [path, rows] of masterInsertions()) {
      const headers = { "content-type": "application/json" };
      expect((await app.request(path, { method: "POST", headers, body: JSON.stringify(rows) })).status).toBe(200);
    }
    await system.dependencies.cacheStore.putLists(masterLists(NOW_MS + 3_600_000));
    await system.dependencies.cacheStore.addPoints(masterPoints(POINTS_MS));
  });
  afterAll(async () => {
    await scripts.close();
    await system[Symbol.asyncDispose]();
  });

  it.each(recordedByMaster.filter((answer) => answer.name !== SUMS))(
    "$name: $method $path",
    async ({ method, path, ...answer }: RecordedAnswer) => {
      const got = await app.request(path, { method });
      expect(await got.text()).toBe(toMilliseconds(answer.text));
      expect(got.status).toBe(answer.status);
      expect(got.headers.get("content-type")).toBe(answer.contentType);
      // Gorse dates the newest items to the year 1; Furze does not date them.
      const isZero = answer.lastModified?.includes(" 0001 ") === true;
      expect(got.headers.get("last-modified")).toBe(isZero ? null : answer.lastModified);
    },
  );

  it(`${SUMS}: the same items, scores to seven digits`, async () => {
    const { path, text } = recordedByMaster.find((answer) => answer.name === SUMS) as RecordedAnswer;
    const items = JSON.parse(text) as { Score: number }[];
    const expected = items.map((item) => ({ ...item, Score: expect.closeTo(item.Score, 4) }));
    expect(await (await app.request(path)).json()).toEqual(expected);
  });

  it("tells that the master holds no factor model, and which recommenders there are", async () => {
    const collaborative = await app.request("/api/dashboard/recommend/1/collaborative");
    expect([collaborative.status, await collaborative.text()]).toEqual([503, expect.stringContaining("holds no factor model")]);
    const bogus = await app.request("/api/dashboard/recommend/1/bogus");
    expect([bogus.status, await bogus.text()]).toEqual([400, expect.stringContaining("configured are: latest,")]);
  });

  it("runs a script that is being written, and tells what is wrong with it", async () => {
    const run = async (script: string): Promise<[number, string]> => {
      const query = new URLSearchParams({ script: Buffer.from(script).toString("base64"), "user-id": "1" });
      const answer = await app.request(`/api/dashboard/external?${query}`);
      return [answer.status, await answer.text()];
    };
    expect(await run('[user_id, "b<"]')).toEqual([200, '[\n "1",\n "b\\u003c"\n]']);
    expect(await run("[1")).toEqual([400, expect.stringContaining("external script preview: ")]);
    expect(await run("")).toEqual([400, "script is required"]);
  });

  it("passes over as many rows as it is told, also over all of them", async () => {
    for (const path of ["latest?offset=10000", "user/1/feedback?offset=2"]) {
      expect(await (await app.request(`/api/dashboard/${path}`)).text()).toBe("[]");
    }
  });

  it("refuses times and widths of buckets that cannot be meant", async () => {
    for (const query of ["begin=soon", "end=soon", "duration=0s", "duration=-1h", "duration=1us", "duration=day"]) {
      expect((await app.request(`/api/dashboard/timeseries/num_users?${query}`)).status).toBe(400);
    }
    const hourly = await app.request("/api/dashboard/timeseries/num_users?duration=1h");
    expect(await hourly.json()).toEqual([{ Name: "num_users", Timestamp: "2026-11-24T07:00:00Z", Value: 943 }]);
  });
});
