import { describe, expect, it } from "vitest";
import { NOW_MS, startTestApi, type TestApi } from "../test/test-api.ts";
import { createMasterApi, type MasterApiDependencies } from "./index.ts";

const FITTED_MS = Date.UTC(2026, 10, 24, 7);

function master(api: TestApi, more: Partial<MasterApiDependencies> = {}) {
  const node = (nodeId: string, kind: "server" | "worker") => {
    return { nodeId, kind, hostname: "h", version: "1", lastSeenMs: NOW_MS };
  };
  return createMasterApi({
    ...api.dependencies,
    tasks: { tasks: () => [] },
    cluster: { nodes: () => [node("a", "worker"), node("b", "worker"), node("c", "server")] },
    trainer: { trigger: () => true, state: { models: [{ kind: "collaborative", fittedMs: FITTED_MS }] } },
    ...more,
  });
}

describe("the overview of a master", () => {
  it("counts rows, nodes and labels, and tells the last scores, in Gorse's order of fields", async () => {
    await using api = await startTestApi();
    await api.call("POST", "/api/users", [
      { UserId: "u", Labels: { city: "Ulm", age: 3 } },
      { UserId: "v", Labels: { city: "Ulm" } },
    ]);
    await api.call("POST", "/api/item", { ItemId: "i", Labels: { tags: ["a", "b"], place: "a" } });
    const point = (name: string, value: number, agoMs: number) => ({ name, value, timestampMs: NOW_MS - agoMs });
    await api.dependencies.cacheStore.addPoints([
      point("num_pos_feedbacks", 7, 400 * 86_400_000),
      point("num_pos_feedbacks", 8, 1),
      point("cf_ndcg", 0.5, 0),
    ]);
    const zero = "0001-01-01T00:00:00Z";
    const text = await (await master(api, { version: "1.2.3" }).request("/api/dashboard/stats")).text();
    const expected = {
      BinaryVersion: "1.2.3",
      NumServers: 1,
      NumWorkers: 2,
      NumUsers: 2,
      NumItems: 1,
      NumUserLabels: 1,
      NumItemLabels: 3,
      NumTotalPosFeedback: 8,
      NumValidPosFeedback: 8,
      NumValidNegFeedback: 0,
      PopularItemsUpdateTime: zero,
      LatestItemsUpdateTime: zero,
      MatchingModelFitTime: "2026-11-24T07:00:00Z",
      MatchingModelScore: { NDCG: 0.5, Precision: 0, Recall: 0 },
      RankingModelFitTime: zero,
      RankingModelScore: { RMSE: 0, Precision: 0, Recall: 0, Accuracy: 0, AUC: 0 },
    };
    expect(text).toBe(JSON.stringify(expected, null, 1));
  });

  it("looks for categories a minute after it has looked last, and shares one scan", async () => {
    await using api = await startTestApi();
    let scans = 0;
    const { items } = api.dataStore;
    const scan = items.scan.bind(items);
    items.scan = (options) => {
      scans++;
      return scan(options);
    };
    const app = master(api);
    const read = async () => (await app.request("/api/dashboard/categories")).json();
    await api.call("POST", "/api/item", { ItemId: "i", Categories: ["a", "b"] });
    await api.call("POST", "/api/item", { ItemId: "j", Categories: ["b"] });
    expect(await Promise.all([read(), read()])).toEqual([
      ["b", "a"],
      ["b", "a"],
    ]);
    await api.call("DELETE", "/api/item/j");
    await api.call("DELETE", "/api/item/i");
    expect([await read(), scans]).toEqual([["b", "a"], 1]);
    api.clock.advance(60_000);
    expect([await read(), scans]).toEqual([[], 2]);
  });
});
