import { createHash } from "node:crypto";
import { FurzeError, InvalidArgumentError, NotFoundError, type TaskProgress, UnavailableError } from "@furze/core";
import { describe, expect, it } from "vitest";
import { BYTES, CHUNK_BYTES, connect, failure, MODEL, NODE, recordingLogger, STATE, serve, stream } from "../test/cluster.ts";
import { createClusterClient } from "./cluster-client.ts";

const TASKS: readonly TaskProgress[] = [
  { tracer: "w", name: "load", status: "Complete", error: undefined, done: 5, total: 5, startedMs: 1, finishedMs: 2 },
  { tracer: "w", name: "fit", status: "Failed", error: "No user found.", done: 0.5, total: 5, startedMs: 1, finishedMs: 3 },
  {
    tracer: "w",
    name: "rank",
    status: "Pending",
    error: undefined,
    done: 0,
    total: 0,
    startedMs: undefined,
    finishedMs: undefined,
  },
  { tracer: "w", name: "a", status: "Running", error: undefined, done: 1, total: 2, startedMs: 0, finishedMs: undefined },
  { tracer: "w", name: "b", status: "Suspended", error: undefined, done: 1, total: 2, startedMs: 5, finishedMs: undefined },
];

describe("calls", () => {
  it("carry everything there and back", async () => {
    const seen: unknown[] = [];
    const server = await serve({
      sync: async (node) => {
        seen.push(node);
        return STATE;
      },
      leave: async (nodeId) => void seen.push(`${nodeId} leaves`),
      reportProgress: async (nodeId, tasks) => void seen.push(nodeId, tasks),
    });
    const client = connect(server.port);
    expect(await client.sync(NODE)).toEqual(STATE);
    await client.reportProgress(NODE.nodeId, TASKS);
    await client.leave(NODE.nodeId);
    expect(seen).toEqual([NODE, NODE.nodeId, TASKS, `${NODE.nodeId} leaves`]);
  });

  it("fetch a model in chunks, whatever pieces it is read in", async () => {
    const server = await serve({ openModel: async () => stream(BYTES.subarray(0, 5), BYTES.subarray(5)) });
    const received: number[] = [];
    const bytes = await connect(server.port).downloadModel(MODEL, { onProgress: ({ done }) => received.push(done) });
    expect(Buffer.compare(bytes, BYTES)).toBe(0);
    expect(received).toEqual([CHUNK_BYTES, 2 * CHUNK_BYTES, BYTES.length]);
  });

  it("fetch an empty model", async () => {
    const server = await serve({ openModel: async () => stream() });
    const sha256 = createHash("sha256").digest("hex");
    expect(await connect(server.port).downloadModel({ ...MODEL, sizeBytes: 0, sha256 })).toHaveLength(0);
  });

  it("refuse a node without id or with an unknown kind", async () => {
    const client = connect((await serve()).port);
    expect(await failure(client.sync({ ...NODE, nodeId: "" }))).toMatchObject({ code: "INVALID_ARGUMENT", path: "node.id" });
    expect(await failure(client.sync({ ...NODE, kind: "boss" as never }))).toMatchObject({ path: "node.kind" });
    expect(await failure(client.reportProgress("", []))).toMatchObject({ path: "nodeId" });
  });
});

describe("a damaged model", () => {
  const flipped = BYTES.with(1000, (BYTES[1000] ?? 0) ^ 1);
  it.each([
    ["with one bit flipped", [flipped], "does not have the expected SHA-256"],
    ["cut short", [BYTES.subarray(1)], `has ${BYTES.length - 1} bytes instead of ${BYTES.length}`],
    ["with bytes to spare", [BYTES, new Uint8Array(1)], `is longer than ${BYTES.length} bytes`],
  ])("%s is refused", async (_, pieces, message) => {
    const server = await serve({ openModel: async () => stream(...pieces) });
    const error = await failure(connect(server.port).downloadModel(MODEL));
    expect(error).toMatchObject({ code: "INVALID_MODEL_FILE", retryable: true });
    expect(error.message).toContain(message);
  });

  it("that breaks off while it is read fails with the reader's error", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield BYTES.subarray(0, CHUNK_BYTES);
      throw new UnavailableError("blob store is gone");
    }
    const server = await serve({ openModel: async () => broken() });
    const error = await failure(connect(server.port).downloadModel(MODEL));
    expect(error).toMatchObject({ code: "UNAVAILABLE", message: "blob store is gone" });
  });
});

describe("errors", () => {
  it("keep class, code, message and fields, and leave the cause at home", async () => {
    const server = await serve({
      sync: async () => {
        throw new FurzeError("MODEL_NOT_READY", "noch kein Modell: 日本 100%", {
          retryable: true,
          cause: new Error("hunter2"),
        });
      },
      reportProgress: async () => {
        throw new InvalidArgumentError("tasks[0]", "no such task");
      },
    });
    const client = connect(server.port);
    const notReady = await failure(client.sync(NODE));
    expect(notReady).toMatchObject({ code: "MODEL_NOT_READY", message: "noch kein Modell: 日本 100%", retryable: true });
    expect(notReady.cause).toBeUndefined();
    const invalid = await failure(client.reportProgress("n", []));
    expect(invalid).toBeInstanceOf(InvalidArgumentError);
    expect(invalid).toMatchObject({ path: "tasks[0]", message: "no such task", retryable: false });
    const missing = await failure(client.downloadModel({ ...MODEL, modelId: "日本" }));
    expect(missing).toBeInstanceOf(NotFoundError);
    expect(missing).toMatchObject({ kind: "model", id: "日本", message: "日本: model not found" });
  });

  it("that nobody meant to throw are logged on the server and tell the caller nothing", async () => {
    const { lines, logger } = recordingLogger();
    const bug = new TypeError("row.secret is undefined");
    const server = await serve({ sync: async () => Promise.reject(bug) }, { logger });
    const error = await failure(connect(server.port).sync(NODE));
    expect(error).toMatchObject({ code: "INTERNAL", message: "internal error", retryable: false });
    expect(lines).toEqual([{ message: "call failed", fields: { method: "/furze.v1.ClusterService/Sync", error: bug } }]);
  });
});

describe("createClusterClient", () => {
  it.each(["", "host", "http://host:80", "host:port"])("refuses the address %j", (address) => {
    expect(() => createClusterClient({ address })).toThrow(InvalidArgumentError);
  });
});
