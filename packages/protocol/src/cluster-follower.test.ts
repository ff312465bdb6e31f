import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FurzeError, type TaskProgress } from "@furze/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createClusterClient } from "./cluster-client.ts";
import { ClusterFollower } from "./cluster-follower.ts";
import { type ClusterServer, createClusterServer } from "./cluster-server.ts";
import type { ClusterNode, ClusterState } from "./types.ts";

const node: ClusterNode = { nodeId: "w1", kind: "worker", hostname: "host", httpPort: 1, version: "0.1.0" };

let folder: string;
let listsVersion: number;
let left: string[];
let reported: (readonly TaskProgress[])[];
const open: { close?: () => Promise<void>; stop?: () => Promise<void> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "furze-follower-"));
  listsVersion = 1;
  reported = [];
  left = [];
});

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await (each.stop?.() ?? each.close?.());
  rmSync(folder, { recursive: true });
});

async function master(port = 0, token?: string): Promise<ClusterServer> {
  const state = (): ClusterState => ({
    configJson: "{}",
    configDigest: "c",
    members: [],
    models: [],
    datasetDigest: "d",
    listsVersion,
  });
  const server = await createClusterServer({
    port,
    token,
    handlers: {
      sync: async () => state(),
      leave: async (nodeId) => void left.push(nodeId),
      reportProgress: async (_nodeId, tasks) => void reported.push(tasks),
      openModel: () => Promise.reject(new Error("no models here")),
    },
  });
  open.push(server);
  return server;
}

function follower(port: number, token?: string): ClusterFollower {
  const task: TaskProgress = {
    tracer: "w1",
    name: "lists",
    status: "Running",
    error: undefined,
    done: 1,
    total: 2,
    startedMs: 1,
    finishedMs: undefined,
  };
  const client = createClusterClient({ address: `127.0.0.1:${port}`, token });
  const made = new ClusterFollower({
    client,
    node,
    periodMs: 5,
    stateFile: join(folder, "kept", "state.json"),
    tasks: () => [task],
  });
  open.push(made);
  return made;
}

/** The next state that meets the condition. */
function next(made: ClusterFollower, condition: (state: ClusterState) => boolean): Promise<ClusterState> {
  return new Promise((resolve) => {
    const stop = made.onSync((state) => {
      if (!condition(state)) return;
      stop();
      resolve(state);
    });
  });
}

describe("ClusterFollower", () => {
  it("learns the state, hears of changes, and reports its tasks", async () => {
    const made = follower((await master()).port);
    expect((await made.start()).listsVersion).toBe(1);
    expect(reported[0]).toMatchObject([{ name: "lists", done: 1, total: 2 }]);
    listsVersion = 2;
    await next(made, (state) => state.listsVersion === 2);
    expect(made.state.listsVersion).toBe(2);
  });

  it("takes leave when it stops, once", async () => {
    const made = follower((await master()).port);
    await made.start();
    expect(left).toEqual([]);
    await Promise.all([made.stop(), made.stop()]);
    expect(left).toEqual(["w1"]);
  });

  it("stops without a master that is away", async () => {
    const server = await master();
    const made = follower(server.port);
    await made.start();
    await server.close();
    await made.stop();
    expect(left).toEqual([]);
  });

  it("starts from what it kept when the master is down, and hears of it when it is back", async () => {
    const first = await master();
    const { port } = first;
    const before = follower(port);
    await before.start();
    await before.stop();
    await first.close();
    const made = follower(port);
    expect(await made.start()).toMatchObject({ configDigest: "c", listsVersion: 1 });
    listsVersion = 7;
    const heard = next(made, (state) => state.listsVersion === 7);
    await master(port);
    await heard;
  });

  it("keeps the state, which holds secrets, from other users of the machine", async () => {
    const made = follower((await master()).port);
    await made.start();
    expect(statSync(join(folder, "kept", "state.json")).mode & 0o077).toBe(0);
  });

  it("does not take another file for a state", async () => {
    const server = await master();
    const made = follower(server.port);
    await made.start();
    await made.stop();
    await server.close();
    writeFileSync(join(folder, "kept", "state.json"), '{"configJson": 1}');
    const waiting = follower(server.port);
    const controller = new AbortController();
    const start = waiting.start({ signal: controller.signal });
    controller.abort();
    await expect(start).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("gives up at once when the master refuses it", async () => {
    const { port } = await master(0, "right");
    await expect(follower(port, "wrong").start()).rejects.toSatisfy(
      (error) => FurzeError.is(error) && error.code === "UNAUTHENTICATED",
    );
  });
});
