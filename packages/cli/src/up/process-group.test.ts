import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ChildWatch, watchChildren } from "../testing/test-child.ts";
import { ManagedProcess } from "./managed-process.ts";
import { ProcessGroup } from "./process-group.ts";

let children: ChildWatch;
let group: ProcessGroup;
let restarts: string[];

function createGroup(options: { readonly maxRestartsPerMinute?: number; readonly stopTimeoutMs?: number } = {}): void {
  group = new ProcessGroup({ onRestart: (line) => restarts.push(line), firstRestartDelayMs: 1, ...options });
}

beforeEach(async () => {
  children = await watchChildren();
  restarts = [];
  createGroup();
});

afterEach(async () => {
  group.kill();
  await group.stop();
  children.close();
});

describe("ProcessGroup", () => {
  it("stops the processes one after another, the last started first", async () => {
    for (const name of ["master", "worker", "server"]) group.start(children.spec(name, "obedient"));
    await children.started("master", "worker", "server");
    await group.stop();
    await children.endOf("master");
    expect(children.ended).toEqual(["server", "worker", "master"]);
    expect(restarts).toEqual([]);
  });

  it("kills a process that does not end in time", async () => {
    createGroup({ stopTimeoutMs: 20 });
    const process = group.start(children.spec("worker", "stubborn"));
    await children.started("worker");
    await group.stop();
    expect(await process.ended).toBe("signal SIGKILL");
  });

  it("fails when a process ends before it is supervised, and says why", async () => {
    group.start(children.spec("worker", "dying"));
    await once(group.failed, "abort");
    expect(group.failed.reason.message).toBe(
      `The worker did not start (exit code 3: no more memory). Its log is ${children.folder}/worker.log.`,
    );
  });

  it("fails when a process cannot be started at all", async () => {
    group.start({ ...children.spec("worker", "obedient"), command: "/nowhere/node" });
    await once(group.failed, "abort");
    expect(group.failed.reason.message).toContain("cannot be started: spawn /nowhere/node ENOENT");
  });

  it("starts a supervised process again, with one line about it", async () => {
    const first = group.start(children.spec("worker", "obedient"));
    group.supervise();
    await children.started("worker");
    first.kill();
    await children.started("worker", "worker");
    expect(restarts).toEqual(["The worker ended unexpectedly (signal SIGKILL); starting it again in 0.001 s."]);
    expect(group.failed.aborted).toBe(false);
    await group.stop();
    await children.endOf("worker");
    expect(group.failed.aborted).toBe(false);
  });

  it("gives up on a process that keeps dying", async () => {
    createGroup({ maxRestartsPerMinute: 2 });
    group.supervise();
    group.start(children.spec("worker", "dying"));
    await once(group.failed, "abort");
    expect(restarts).toHaveLength(2);
    expect(group.failed.reason.message).toContain("The worker keeps dying (exit code 3: no more memory); giving up.");
  });

  it("starts nothing again once it is stopping", async () => {
    group.supervise();
    const process = group.start(children.spec("worker", "obedient"));
    await children.started("worker");
    group.kill();
    await process.ended;
    await group.stop();
    expect(restarts).toEqual([]);
  });
});

describe("ManagedProcess", () => {
  it("writes what the process prints into its log", async () => {
    const process = new ManagedProcess(children.spec("worker", "dying"));
    await process.ended;
    expect(readFileSync(`${children.folder}/worker.log`, "utf8")).toBe("first line\nno more memory\n");
    expect(process.lastLines(5)).toEqual(["first line", "no more memory"]);
  });

  it("leaves nothing running when the process that started it is killed", async () => {
    const module = new URL("./managed-process.ts", import.meta.url).href;
    const spec = { ...children.spec("orphan", "obedient"), env: {} };
    const code = `const { ManagedProcess } = await import(${JSON.stringify(module)});
      new ManagedProcess(${JSON.stringify(spec)});`;
    const parent = spawn(process.execPath, ["--conditions=@furze/source", "--input-type=module", "-e", code]);
    await children.started("orphan");
    parent.kill("SIGKILL");
    await children.endOf("orphan");
    expect(children.ended).toEqual(["orphan"]);
  });
});
