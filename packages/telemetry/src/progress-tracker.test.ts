import { InvalidArgumentError, ManualClock, type TaskProgress } from "@furze/core";
import { describe, expect, it } from "vitest";
import { ProgressTracker } from "./progress-tracker.ts";

function setUp() {
  const clock = new ManualClock(1000);
  return { clock, tracker: new ProgressTracker({ tracer: "master", clock }) };
}

const counts = ({ done, total }: TaskProgress) => [done, total];

describe("ProgressTracker", () => {
  it("tells of a run from start to end", () => {
    const { clock, tracker } = setUp();
    const task = tracker.start("fit", 4);
    task.advance();
    expect(tracker.snapshot()).toEqual([
      {
        tracer: "master",
        name: "fit",
        status: "Running",
        error: undefined,
        done: 1,
        total: 4,
        startedMs: 1000,
        finishedMs: undefined,
      },
    ]);
    clock.advance(500);
    task.complete();
    expect(task.progress()).toMatchObject({ status: "Complete", done: 4, total: 4, finishedMs: 1500 });
  });

  it("keeps the error and the place of a failed run, and changes nothing after it", () => {
    const { clock, tracker } = setUp();
    const task = tracker.start("fit", 4);
    task.advance(2);
    task.fail(new Error("No feedback found."));
    const after = task.progress();
    expect(after).toMatchObject({ status: "Failed", error: "No feedback found.", done: 2, finishedMs: 1000 });
    clock.advance(500);
    task.advance();
    task.complete();
    task.fail("again");
    task.suspend();
    expect(task.progress()).toEqual(after);
  });

  it("lists started tasks in the order of their start, then pending ones", () => {
    const { tracker } = setUp();
    for (const name of ["search", "load", "fit"]) tracker.declare(name);
    tracker.start("load", 1);
    tracker.start("fit", 1);
    tracker.start("load", 1);
    tracker.declare("fit");
    expect(tracker.snapshot().map(({ name, status }) => `${name} ${status}`)).toEqual([
      "fit Running",
      "load Running",
      "search Pending",
    ]);
    expect(tracker.snapshot()[2]?.startedMs).toBeUndefined();
  });

  it("suspends and resumes", () => {
    const { tracker } = setUp();
    const task = tracker.start("search", 2);
    task.suspend();
    expect(task.progress().status).toBe("Suspended");
    task.resume();
    expect(task.progress().status).toBe("Running");
    task.suspend();
    task.advance();
    expect(task.progress().status).toBe("Running");
  });

  it("never counts beyond the total, and counts without one", () => {
    const { tracker } = setUp();
    const task = tracker.start("load", 2);
    task.advance(5);
    expect(counts(task.progress())).toEqual([2, 2]);
    const scan = tracker.start("scan", 0);
    scan.advance(5);
    expect(counts(scan.progress())).toEqual([5, 0]);
    scan.report({ done: 6, total: 10 });
    expect(counts(scan.progress())).toEqual([6, 10]);
    const endless = tracker.start("endless", 0);
    endless.advance(3);
    endless.complete();
    expect(counts(endless.progress())).toEqual([3, 3]);
  });

  it("refuses counts that are none", () => {
    const { tracker } = setUp();
    for (const total of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => tracker.start("load", total)).toThrow(InvalidArgumentError);
    }
    const task = tracker.start("load", 1);
    expect(() => task.advance(-1)).toThrow(InvalidArgumentError);
  });
});

describe("parts", () => {
  it("multiply the parent's counts while they run and advance it by one when they complete", () => {
    const { tracker } = setUp();
    const parent = tracker.start("neighbors", 3);
    parent.advance();
    const part = parent.child("items", 10);
    expect(counts(parent.progress())).toEqual([10, 30]);
    part.advance(4);
    expect(counts(parent.progress())).toEqual([14, 30]);
    const inner = part.child("batch", 2);
    inner.advance();
    expect(counts(parent.progress())).toEqual([29, 60]);
    inner.complete();
    expect(counts(parent.progress())).toEqual([15, 30]);
    part.complete();
    expect(counts(parent.progress())).toEqual([2, 3]);
    expect(tracker.snapshot()).toHaveLength(1);
  });

  it("that run side by side add up", () => {
    const { tracker } = setUp();
    const parent = tracker.start("search", 4);
    parent.child("first", 10).advance(5);
    parent.child("second", 2).advance(1);
    expect(counts(parent.progress())).toEqual([10, 40]);
  });

  it("that fail leave the parent where it was", () => {
    const { tracker } = setUp();
    const parent = tracker.start("search", 4);
    const part = parent.child("trial", 10);
    part.advance(5);
    part.fail(new Error("diverged"));
    expect(parent.progress()).toMatchObject({ status: "Running", done: 0, total: 4, error: undefined });
  });
});

describe("onChange", () => {
  it("tells of each change of a task and its parts until it is ended", () => {
    const { tracker } = setUp();
    const seen: string[] = [];
    const stop = tracker.onChange(({ name, status, done, total }) => seen.push(`${name} ${status} ${done}/${total}`));
    const task = tracker.start("fit", 2);
    const part = task.child("epoch", 4);
    part.advance();
    part.complete();
    task.complete();
    expect(seen).toEqual(["fit Running 0/2", "fit Running 0/8", "fit Running 1/8", "fit Running 1/2", "fit Complete 2/2"]);
    stop();
    tracker.start("fit", 2);
    expect(seen).toHaveLength(5);
  });

  it("does not tell of a run that another has replaced", () => {
    const { tracker } = setUp();
    const old = tracker.start("fit", 2);
    tracker.start("fit", 5);
    const seen: TaskProgress[] = [];
    tracker.onChange((task) => seen.push(task));
    old.fail(new Error("aborted"));
    expect(seen).toEqual([]);
    expect(tracker.snapshot()).toMatchObject([{ status: "Running", total: 5 }]);
  });
});
