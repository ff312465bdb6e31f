import { expect, it } from "vitest";
import type { WireTask } from "../rest/wire.ts";
import { TaskView } from "./task-view.ts";

function task(name: string, status: WireTask["Status"], second: number, error = ""): WireTask {
  const time = `2026-01-01T00:00:0${second}Z`;
  return { Tracer: "master", Name: name, Status: status, Error: error, Count: 1, Total: 2, StartTime: time, FinishTime: time };
}

it("shows each task once, in the order of their start, and a failed one with its error", () => {
  const lines: string[] = [];
  const view = new TaskView({ write: (text) => void lines.push(text) });
  view.update([task("Fit", "Running", 2), task("Load", "Complete", 1), task("Wait", "Pending", 0)]);
  view.update([task("Fit", "Failed", 2, "no memory"), task("Load", "Complete", 1), task("Neighbors", "Complete", 3)]);
  view.update([task("Fit", "Failed", 2, "no memory"), task("Load", "Complete", 1), task("Neighbors", "Complete", 3)]);
  view.finish();
  expect(lines.map((line) => line.trim().split(/ {2,}| \[/)[0])).toEqual(["Load", "Fit", "Fit failed: no memory", "Neighbors"]);
});
