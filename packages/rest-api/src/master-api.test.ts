import type { TaskProgress } from "@furze/core";
import { describe, expect, it } from "vitest";
import { startTestApi, type TestApi } from "../test/test-api.ts";
import { type ClusterNodeInfo, createMasterApi, type RestApiOptions } from "./index.ts";

const TASKS: TaskProgress[] = [
  {
    tracer: "master",
    name: "Load Dataset",
    status: "Complete",
    error: undefined,
    done: 1,
    total: 1,
    startedMs: 1000,
    finishedMs: 2500,
  },
  {
    tracer: "master",
    name: "Fit",
    status: "Failed",
    error: "no <data>",
    done: 0,
    total: 5,
    startedMs: 3000,
    finishedMs: undefined,
  },
];

function master(api: TestApi, options: RestApiOptions, nodes: ClusterNodeInfo[] = []) {
  let isRunning = false;
  const trigger = (): boolean => {
    if (isRunning) return false;
    isRunning = true;
    return true;
  };
  return createMasterApi({
    ...api.dependencies,
    options,
    tasks: { tasks: () => TASKS },
    cluster: { nodes: () => nodes },
    trainer: { trigger, state: { models: [] } },
  });
}

describe("master", () => {
  it("shows tasks in Gorse's shape", async () => {
    await using api = await startTestApi();
    const answer = await master(api, {}).request("/api/dashboard/tasks");
    const expected = [
      {
        Tracer: "master",
        Name: "Load Dataset",
        Status: "Complete",
        Error: "",
        Count: 1,
        Total: 1,
        StartTime: "1970-01-01T00:00:01Z",
        FinishTime: "1970-01-01T00:00:02.5Z",
      },
      {
        Tracer: "master",
        Name: "Fit",
        Status: "Failed",
        Error: "no <data>",
        Count: 0,
        Total: 5,
        StartTime: "1970-01-01T00:00:03Z",
        FinishTime: "0001-01-01T00:00:00Z",
      },
    ];
    expect(await answer.text()).toBe(JSON.stringify(expected, null, 1).replace("<data>", "\\u003cdata\\u003e"));
  });

  it("starts training once", async () => {
    await using api = await startTestApi();
    const app = master(api, {});
    expect(await (await app.request("/api/dashboard/tasks/run", { method: "POST" })).json()).toEqual({ Started: true });
    const second = await app.request("/api/dashboard/tasks/run", { method: "POST" });
    expect([second.status, await second.json()]).toEqual([200, { Started: false }]);
  });

  it("lists nodes by kind, and an empty cluster as an empty list", async () => {
    await using api = await startTestApi();
    expect(await (await master(api, {}).request("/api/dashboard/cluster")).text()).toBe("[]");
    const node = (nodeId: string, kind: "server" | "worker"): ClusterNodeInfo => ({
      nodeId,
      kind,
      hostname: "h",
      version: "1",
      lastSeenMs: 0,
    });
    const app = master(api, {}, [node("b", "worker"), node("c", "server"), node("a", "worker")]);
    const nodes = (await (await app.request("/api/dashboard/cluster")).json()) as { UUID: string }[];
    expect(nodes.map((entry) => entry.UUID)).toEqual(["c", "a", "b"]);
    expect(nodes[0]).toEqual({ UUID: "c", Hostname: "h", Type: "Server", Version: "1", UpdateTime: "1970-01-01T00:00:00Z" });
  });

  it("opens admin routes to the admin key, or to the only key", async () => {
    await using api = await startTestApi();
    const status = async (options: RestApiOptions, path: string, key: string): Promise<number> =>
      (await master(api, options).request(path, { headers: { "x-api-key": key } })).status;
    const both = { apiKey: "k", adminApiKey: "a" };
    expect(await status(both, "/api/dashboard/tasks", "k")).toBe(401);
    expect(await status(both, "/api/dashboard/tasks", "a")).toBe(200);
    expect(await status(both, "/api/users", "a")).toBe(200);
    expect(await status({ apiKey: "k" }, "/api/dashboard/tasks", "x")).toBe(401);
    expect(await status({ apiKey: "k" }, "/api/dashboard/tasks", "k")).toBe(200);
    expect(await status({ adminApiKey: "a" }, "/api/dashboard/tasks", "")).toBe(401);
    expect(await status({ adminApiKey: "a" }, "/api/users", "")).toBe(200);
  });
});
