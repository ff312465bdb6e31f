import { readFileSync } from "node:fs";
import { ManualClock, type TaskProgress } from "@furze/core";
import type { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RecordedAnswer } from "../test/gorse-answers.ts";
import { openRealSystem, type RealSystem } from "../test/real-system.ts";
import { createMasterApi } from "./index.ts";

const NOW_MS = Date.UTC(2026, 10, 24, 12);

/** What the master of Gorse v0.5.11 told of itself after training on MovieLens-100K. */
const recorded: readonly RecordedAnswer[] = JSON.parse(
  readFileSync(new URL("../test/gorse-master-answers.json", import.meta.url), "utf8"),
);

const answerOf = <T>(name: string): T => JSON.parse(recorded.find((one) => one.name === name)?.text ?? "null") as T;

interface Stats {
  readonly NumUsers: number;
  readonly NumItems: number;
  readonly NumUserLabels: number;
  readonly NumItemLabels: number;
  readonly NumValidPosFeedback: number;
  readonly NumValidNegFeedback: number;
  readonly MatchingModelFitTime: string;
  readonly RankingModelFitTime: string;
}

interface Task {
  readonly Tracer: string;
  readonly Name: string;
  readonly Status: TaskProgress["status"];
  readonly Count: number;
  readonly Total: number;
  readonly StartTime: string;
  readonly FinishTime: string;
}

const stats = answerOf<Stats>("dashboard-stats");
const tasks = answerOf<Task[]>("dashboard-tasks").map(
  (task): TaskProgress => ({
    ...{ tracer: task.Tracer, name: task.Name, status: task.Status, error: undefined, done: task.Count, total: task.Total },
    ...{ startedMs: Date.parse(task.StartTime), finishedMs: Date.parse(task.FinishTime) },
  }),
);

/** Furze keeps times to the millisecond. */
const toMilliseconds = (text: string): string => text.replaceAll(/(\.\d{3})\d+Z"/g, '$1Z"').replaceAll(/(\.\d*?)0+Z"/g, '$1Z"');

describe("what a master of Gorse v0.5.11 told of itself", () => {
  let system: RealSystem;
  let app: Hono;
  beforeAll(async () => {
    system = await openRealSystem({}, new ManualClock(NOW_MS));
    const { dataStore, cacheStore } = system.dependencies;
    const models = [
      { kind: "collaborative", fittedMs: Date.parse(stats.MatchingModelFitTime) },
      { kind: "click", fittedMs: Date.parse(stats.RankingModelFitTime) },
    ];
    app = createMasterApi({
      ...system.dependencies,
      tasks: { tasks: () => tasks },
      cluster: { nodes: () => [] },
      trainer: { trigger: () => true, state: { models } },
    });
    const labels = (place: number, count: number) => ({ group: String(place % count) });
    await dataStore.users.upsert(
      Array.from({ length: stats.NumUsers }, (_, place) => {
        return { userId: String(place), labels: labels(place, stats.NumUserLabels), comment: "" };
      }),
    );
    await dataStore.items.upsert(
      Array.from({ length: stats.NumItems }, (_, place) => ({
        ...{ itemId: String(place), isHidden: false, categories: [], timestampMs: 0, comment: "" },
        labels: labels(place, stats.NumItemLabels),
      })),
    );
    await cacheStore.addPoints([
      { name: "num_pos_feedbacks", timestampMs: NOW_MS, value: stats.NumValidPosFeedback },
      { name: "num_neg_feedbacks", timestampMs: NOW_MS, value: stats.NumValidNegFeedback },
    ]);
  });
  afterAll(() => system[Symbol.asyncDispose]());

  it.each(recorded)("$name: $method $path", async ({ method, path, ...answer }) => {
    const got = await app.request(path, { method });
    expect(await got.text()).toBe(toMilliseconds(answer.text));
    expect(got.status).toBe(answer.status);
    expect(got.headers.get("content-type")).toBe(answer.contentType);
    expect(got.headers.get("last-modified")).toBe(answer.lastModified);
  });

  it("an empty cluster is an empty list, where Gorse has null", async () => {
    expect(await (await app.request("/api/dashboard/cluster")).text()).toBe("[]");
  });
});
