import { FurzeError } from "@furze/core";
import { describe, expect, it } from "vitest";
import { runTasks, type Task, type TaskReporter } from "./task-graph.ts";

/** Keeps what is reported, in order. */
function recorder(): TaskReporter & { readonly events: string[] } {
  const events: string[] = [];
  return {
    events,
    declare: (name) => void events.push(`declare ${name}`),
    start: (name) => {
      events.push(`start ${name}`);
      return {
        report: ({ done, total }) => void events.push(`${name} ${done}/${total}`),
        complete: () => void events.push(`complete ${name}`),
        suspend: () => void events.push(`suspend ${name}`),
        fail: (error) => void events.push(`fail ${name}: ${error instanceof Error ? error.message : error}`),
      };
    },
  };
}

/** A task that ends when it is told to. */
function gated(name: string, after: readonly string[] = []): Task & { open: () => void } {
  const gate = Promise.withResolvers<void>();
  return { name, after, run: () => gate.promise, open: gate.resolve };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("runTasks", () => {
  it("starts a task when those before it have completed", async () => {
    const reporter = recorder();
    const load = gated("load");
    const run = runTasks([{ name: "fit", after: ["load"], run: async () => {} }, load], { jobs: 4, reporter });
    await settle();
    expect(reporter.events).toEqual(["declare fit", "declare load", "start load"]);
    load.open();
    expect(Object.fromEntries(await run)).toEqual({ load: "complete", fit: "complete" });
    expect(reporter.events.slice(3)).toEqual(["complete load", "start fit", "complete fit"]);
  });

  it("runs independent tasks side by side, at most `jobs` at once", async () => {
    const reporter = recorder();
    const tasks = ["a", "b", "c"].map((name) => gated(name));
    const run = runTasks(tasks, { jobs: 2, reporter });
    await settle();
    expect(reporter.events.filter((event) => event.startsWith("start"))).toEqual(["start a", "start b"]);
    for (const task of tasks) task.open();
    await run;
    expect(reporter.events.filter((event) => event.startsWith("start"))).toEqual(["start a", "start b", "start c"]);
  });

  it("skips what depends on a failure and finishes the rest", async () => {
    const reporter = recorder();
    const outcomes = await runTasks(
      [
        { name: "load", run: async () => {} },
        { name: "fit", after: ["load"], run: () => Promise.reject(new Error("no feedback")) },
        { name: "search", after: ["fit"], run: async () => {} },
        { name: "report", after: ["search"], run: async () => {} },
        { name: "neighbors", after: ["load"], run: async () => {} },
      ],
      { jobs: 1, reporter },
    );
    expect(Object.fromEntries(outcomes)).toEqual({
      load: "complete",
      fit: "failed",
      search: "skipped",
      report: "skipped",
      neighbors: "complete",
    });
    expect(reporter.events).toContain("fail fit: no feedback");
    expect(reporter.events).toContain('fail search: skipped, because "fit" did not complete');
  });

  it("stops at an abort, after the running tasks have", async () => {
    const reporter = recorder();
    const controller = new AbortController();
    let isStopped = false;
    const obedient: Task = {
      name: "long",
      run: ({ signal }) =>
        new Promise((_, reject) =>
          signal.addEventListener("abort", () => {
            isStopped = true;
            reject(signal.reason);
          }),
        ),
    };
    const run = runTasks([obedient, { name: "next", after: ["long"], run: async () => {} }], {
      jobs: 1,
      reporter,
      signal: controller.signal,
    });
    await settle();
    controller.abort(new Error("enough"));
    await expect(run).rejects.toSatisfy((error) => FurzeError.is(error) && error.code === "ABORTED");
    expect(isStopped).toBe(true);
    expect(reporter.events).toContain("suspend long");
    expect(reporter.events).not.toContain("start next");
  });

  it("refuses graphs that cannot run", async () => {
    const reporter = recorder();
    const run = async () => {};
    const call = (tasks: Task[]) => runTasks(tasks, { jobs: 1, reporter });
    await expect(call([{ name: "a", after: ["b"], run }])).rejects.toThrow('task "a" comes after "b", which is no task');
    await expect(
      call([
        { name: "a", after: ["b"], run },
        { name: "b", after: ["a"], run },
      ]),
    ).rejects.toThrow("tasks wait for each other: a, b");
    await expect(
      call([
        { name: "a", run },
        { name: "a", run },
      ]),
    ).rejects.toThrow("two tasks have the same name");
  });
});
