import { ManualClock } from "@furze/core";
import { describe, expect, it } from "vitest";
import type { WireTask } from "../rest/wire.ts";
import { isSettled, LIST_TASK, trainAndWait } from "./training-watch.ts";

const NOW = Date.UTC(2026, 0, 1);

function task(name: string, status: WireTask["Status"], startMs: number, finishMs = 0): WireTask {
  const time = (ms: number) => new Date(NOW + ms).toISOString();
  return {
    Tracer: name === LIST_TASK ? "worker" : "master",
    Name: name,
    Status: status,
    Error: "",
    Count: 1,
    Total: 1,
    StartTime: time(startMs),
    FinishTime: finishMs === 0 ? "0001-01-01T00:00:00Z" : time(finishMs),
  };
}

/** Answers with one snapshot after another, the last one again and again; each poll takes a second of the clock. */
function scripted(snapshots: readonly WireTask[][], startAnswers: readonly boolean[] = [true]) {
  const clock = new ManualClock(NOW);
  const state = { polls: 0, runs: 0 };
  const source = {
    tasks: async () => {
      clock.advance(1000);
      return snapshots[Math.min(state.polls++, snapshots.length - 1)] ?? [];
    },
    run: async () => startAnswers[Math.min(state.runs++, startAnswers.length - 1)] ?? true,
  };
  return { clock, source, state };
}

const base = { onTasks: () => {}, signal: new AbortController().signal, pollMs: 0 };

describe("trainAndWait", () => {
  it("waits for lists that were made after the start and say something", async () => {
    const { clock, source, state } = scripted([
      [task("Fit", "Complete", -9000, -8000), task(LIST_TASK, "Complete", -5000, -4000)],
      [task("Fit", "Running", 100)],
      [task("Fit", "Running", 100), task(LIST_TASK, "Complete", 200, 300)],
    ]);
    expect(await trainAndWait({ ...base, clock, source, hasLists: async () => true })).toBe(true);
    expect(state.polls).toBe(3);
  });

  it("takes lists that came after all training even if they are only popular items", async () => {
    const { clock, source } = scripted([[task("Fit", "Complete", 100, 200), task(LIST_TASK, "Complete", 200, 300)]]);
    expect(await trainAndWait({ ...base, clock, source, hasLists: async () => false })).toBe(true);
  });

  it("asks again for a training while an older one is under way", async () => {
    const { clock, source, state } = scripted(
      [[task("Fit", "Complete", 100, 200), task(LIST_TASK, "Complete", 300, 400)]],
      [false, false, true],
    );
    expect(await trainAndWait({ ...base, clock, source, hasLists: async () => true })).toBe(true);
    expect(state.runs).toBe(3);
  });

  it("gives up when nothing moves", async () => {
    const { clock, source, state } = scripted([[task("Fit", "Failed", 100, 200)]]);
    expect(await trainAndWait({ ...base, clock, source, hasLists: async () => false, stallMs: 10_000 })).toBe(false);
    expect(state.polls).toBe(11);
  });

  it("ends when it is told to", async () => {
    const { clock, source } = scripted([[]]);
    const signal = AbortSignal.abort();
    await expect(trainAndWait({ ...base, signal, clock, source, hasLists: async () => false })).rejects.toThrow(/abort/i);
  });
});

describe("isSettled", () => {
  it("is false while a training task runs or lists are older than the training", () => {
    expect(isSettled([])).toBe(false);
    expect(isSettled([task(LIST_TASK, "Complete", 0, 1)])).toBe(false);
    expect(isSettled([task("Fit", "Running", 0), task(LIST_TASK, "Complete", 1, 2)])).toBe(false);
    expect(isSettled([task("Fit", "Complete", 0, 5), task(LIST_TASK, "Complete", 1, 6)])).toBe(false);
    expect(isSettled([task("Fit", "Complete", 0, 5), task(LIST_TASK, "Complete", 5, 6)])).toBe(true);
  });
});
