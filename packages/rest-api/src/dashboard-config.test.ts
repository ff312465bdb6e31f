import { describe, expect, it } from "vitest";
import { keptInMemory } from "../test/kept-in-memory.ts";
import { startTestApi, type TestApi } from "../test/test-api.ts";
import { type ConfigurationSource, createMasterApi } from "./index.ts";

function callsOf(api: TestApi, configuration?: ConfigurationSource) {
  const app = createMasterApi({
    ...api.dependencies,
    tasks: { tasks: () => [] },
    cluster: { nodes: () => [] },
    trainer: { trigger: () => true, state: { models: [] } },
    configuration,
  });
  return async (method: string, path: string, body?: unknown): Promise<[number, unknown]> => {
    const init = body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const answer = await app.request(`/api/dashboard/config${path}`, { method, ...init });
    const text = await answer.text();
    return [answer.status, answer.status === 200 ? JSON.parse(text) : text];
  };
}

describe("the configuration of a master", () => {
  it("is shown, replaced, and put back", async () => {
    await using api = await startTestApi();
    const call = callsOf(api, keptInMemory({ cache_size: 100 }));
    const [, shown] = await call("GET", "");
    expect(shown).toEqual({ server: { default_n: 10, api_key: "********" }, recommend: { cache_size: 100 } });
    const changed = { ...(shown as object), recommend: { cache_size: 50, ranker: { type: "none" } } };
    const after = { server: { default_n: 10, api_key: "********" }, recommend: { cache_size: 50, ranker: { type: "none" } } };
    expect(await call("POST", "", changed)).toEqual([200, after]);
    expect(await call("GET", "")).toEqual([200, after]);
    expect(await call("DELETE", "")).toEqual([200, {}]);
    expect(await call("GET", "")).toEqual([200, shown]);
    expect(await call("GET", "/schema")).toEqual([200, { $schema: "s", $defs: { Config: {} } }]);
  });

  it("refuses what cannot be meant, and what it would not follow", async () => {
    await using api = await startTestApi();
    const call = callsOf(api, keptInMemory({ cache_size: 100 }));
    const missing = [400, "recommend must be an object with the keys to set"];
    for (const body of [null, [], {}, { recommend: 1 }, { recommend: [] }])
      expect(await call("POST", "", body)).toEqual(missing);
    expect(await call("POST", "", { recommend: { cache_size: 0 } })).toEqual([400, "cache_size must be greater than 0"]);
    const nested = JSON.parse(`${'{"recommend":'.repeat(33)}1${"}".repeat(33)}`) as object;
    expect(await call("POST", "", nested)).toEqual([400, "the configuration is nested deeper than 32 levels"]);
    const why = "cannot be changed here, only recommend can: change the file and restart the master";
    const others = { server: { default_n: 20 }, recommend: {} };
    expect(await call("POST", "", others)).toEqual([400, `server.default_n ${why}`]);
    expect(await call("POST", "", { colour: 1, recommend: {} })).toEqual([400, `colour ${why}`]);
    expect(await call("GET", "")).toMatchObject([200, { recommend: { cache_size: 100 } }]);
  });

  it("is no route of a process that has none", async () => {
    await using api = await startTestApi();
    expect(await callsOf(api)("GET", "")).toEqual([404, "404: Page Not Found"]);
  });
});
