import { createHash } from "node:crypto";
import {
  type CallOptions,
  FurzeError,
  InvalidArgumentError,
  type LogFields,
  type Logger,
  NotFoundError,
  type TaskProgress,
  UnavailableError,
} from "@furze/core";
import { afterEach, describe, expect, it } from "vitest";
import { type ClusterClient, type ClusterClientOptions, createClusterClient } from "./cluster-client.ts";
import { type ClusterServer, type ClusterServerOptions, createClusterServer } from "./cluster-server.ts";
import type { ClusterHandlers, ClusterNode, ClusterState, ModelRef } from "./types.ts";

const CHUNK_BYTES = 256 * 1024;
const NODE: ClusterNode = { nodeId: "3b0c", kind: "worker", hostname: "wörker", httpPort: 8089, version: "0.1.0" };
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
const BYTES = Uint8Array.from({ length: 2 * CHUNK_BYTES + 77 }, (_, index) => (index * 31) >> 3);
const MODEL: ModelRef = {
  kind: "collaborative-filtering",
  modelId: "1764000000000",
  sizeBytes: BYTES.length,
  sha256: createHash("sha256").update(BYTES).digest("hex"),
  score: 0.25,
  fittedMs: 1_764_000_000_000,
};
const STATE: ClusterState = {
  configJson: '{"recommend":{}}',
  configDigest: "c0ffee",
  members: [{ ...NODE, lastSeenMs: 1_764_000_000_123 }],
  models: [MODEL, { ...MODEL, kind: "click-through-rate", score: undefined }],
  datasetDigest: "dada",
  listsVersion: Number.MAX_SAFE_INTEGER,
};

async function* stream(...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

const HANDLERS: ClusterHandlers = {
  sync: async () => STATE,
  reportProgress: async () => {},
  async openModel(modelId) {
    if (modelId !== MODEL.modelId) throw new NotFoundError("model", modelId);
    return stream(BYTES);
  },
};

/** Ends when the call does. */
function untilAborted({ signal }: CallOptions): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
}

interface LogLine {
  readonly message: string;
  readonly fields: LogFields | undefined;
}

function recordingLogger(): { lines: LogLine[]; logger: Logger } {
  const lines: LogLine[] = [];
  const record = (message: string, fields?: LogFields) => void lines.push({ message, fields });
  const logger: Logger = { debug: record, info: record, warn: record, error: record, child: () => logger };
  return { lines, logger };
}

const opened: { close(): unknown }[] = [];

afterEach(async () => {
  // Clients were opened after their servers and close before them.
  for (const resource of opened.splice(0).reverse()) await resource.close();
});

async function serve(
  handlers: Partial<ClusterHandlers> = {},
  options: Partial<ClusterServerOptions> = {},
): Promise<ClusterServer> {
  const server = await createClusterServer({ ...options, handlers: { ...HANDLERS, ...handlers } });
  opened.push(server);
  return server;
}

function connect(port: number, options: Partial<ClusterClientOptions> = {}): ClusterClient {
  const client = createClusterClient({ address: `127.0.0.1:${port}`, ...options });
  opened.push(client);
  return client;
}

async function failure(call: Promise<unknown>): Promise<FurzeError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!FurzeError.is(error)) throw new Error("expected a FurzeError", { cause: error });
  return error;
}

describe("calls", () => {
  it("carry everything there and back", async () => {
    const seen: unknown[] = [];
    const server = await serve({
      sync: async (node) => {
        seen.push(node);
        return STATE;
      },
      reportProgress: async (nodeId, tasks) => void seen.push(nodeId, tasks),
    });
    const client = connect(server.port);
    expect(await client.sync(NODE)).toEqual(STATE);
    await client.reportProgress(NODE.nodeId, TASKS);
    expect(seen).toEqual([NODE, NODE.nodeId, TASKS]);
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

describe("access", () => {
  it("is refused with a wrong token or none, before anything is done and without a trace in the log", async () => {
    const { lines, logger } = recordingLogger();
    const called: string[] = [];
    const handlers = {
      sync: async (node: ClusterNode) => {
        called.push(node.nodeId);
        return STATE;
      },
      openModel: async (modelId: string) => {
        called.push(modelId);
        return stream(BYTES);
      },
    };
    const server = await serve(handlers, { token: "right-token", logger });
    for (const options of [{ token: "wrong-token" }, {}]) {
      const client = connect(server.port, options);
      for (const call of [client.sync(NODE), client.downloadModel(MODEL)]) {
        const error = await failure(call);
        expect(error).toMatchObject({ code: "UNAUTHENTICATED", retryable: false });
        expect(error.message).not.toMatch(/right-token|wrong-token/);
      }
    }
    expect(called).toEqual([]);
    expect(lines).toEqual([]);
    expect(await connect(server.port, { token: "right-token" }).sync(NODE)).toEqual(STATE);
  });

  it("needs a token to be opened to the network", async () => {
    await expect(createClusterServer({ host: "0.0.0.0", handlers: HANDLERS })).rejects.toThrow(/set "token" or "tls"/);
    await expect(createClusterServer({ host: "0.0.0.0", token: "", handlers: HANDLERS })).rejects.toThrow(InvalidArgumentError);
    const server = await serve({}, { host: "0.0.0.0", token: "right-token" });
    expect(await connect(server.port, { token: "right-token" }).sync(NODE)).toEqual(STATE);
  });
});

describe("a server that", () => {
  it("is gone makes calls fail at once, and work again when it is back", async () => {
    const server = await serve();
    const client = connect(server.port);
    await client.sync(NODE);
    await server.close();
    const error = await failure(client.sync(NODE));
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error.retryable).toBe(true);
    await serve({}, { port: server.port });
    await expect.poll(() => client.sync(NODE).catch(() => undefined), { timeout: 4000 }).toEqual(STATE);
  });

  it("does not answer in time is unavailable, and learns that the caller has left", async () => {
    const gone = Promise.withResolvers<void>();
    const hang = (options: CallOptions) => untilAborted(options).finally(() => gone.resolve());
    const { lines, logger } = recordingLogger();
    const server = await serve({ sync: (_, options) => hang(options), openModel: (_, options) => hang(options) }, { logger });
    const client = connect(server.port, { timeoutMs: 30 });
    const message = "the master did not answer within 30 ms";
    expect(await failure(client.sync(NODE))).toMatchObject({ code: "UNAVAILABLE", retryable: true, message });
    await gone.promise;
    expect(await failure(client.downloadModel(MODEL))).toMatchObject({ code: "UNAVAILABLE", message });
    expect(lines).toEqual([]);
  });

  it("finds its port taken says so", async () => {
    const { port } = await serve();
    await expect(createClusterServer({ port, handlers: HANDLERS })).rejects.toThrow(`cannot listen on 127.0.0.1:${port}`);
  });

  it("closes lets running calls end first", async () => {
    const entered = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<ClusterState>();
    const sync = () => {
      entered.resolve();
      return answer.promise;
    };
    const server = await serve({ sync });
    const client = connect(server.port);
    const call = client.sync(NODE);
    await entered.promise;
    const closed = server.close();
    answer.resolve(STATE);
    expect(await call).toEqual(STATE);
    await closed;
    expect(await failure(client.sync(NODE))).toMatchObject({ code: "UNAVAILABLE" });
  });

  it("closes cuts calls that do not end", async () => {
    const entered = Promise.withResolvers<void>();
    const sync = (_: ClusterNode, options: CallOptions) => {
      entered.resolve();
      return untilAborted(options);
    };
    const server = await serve({ sync }, { drainMs: 10 });
    const call = failure(connect(server.port).sync(NODE));
    await entered.promise;
    await Promise.all([server.close(), server.close()]);
    expect(await call).toMatchObject({ code: "UNAVAILABLE", retryable: true });
  });
});

describe("an abort by the caller", () => {
  it("ends a call, before it starts too", async () => {
    const controller = new AbortController();
    const server = await serve({
      sync: (_, options) => {
        controller.abort("enough");
        return untilAborted(options);
      },
    });
    const client = connect(server.port);
    expect(await failure(client.sync(NODE, controller))).toMatchObject({ code: "ABORTED", cause: "enough" });
    expect(await failure(client.sync(NODE, controller))).toMatchObject({ code: "ABORTED" });
    expect(await failure(client.downloadModel(MODEL, controller))).toMatchObject({ code: "ABORTED" });
  });

  it("ends a download on both sides", async () => {
    const stopped = Promise.withResolvers<void>();
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(CHUNK_BYTES);
      } finally {
        stopped.resolve();
      }
    }
    const server = await serve({ openModel: async () => endless() });
    const controller = new AbortController();
    const huge = { ...MODEL, sizeBytes: 1_000 * CHUNK_BYTES };
    const options = { signal: controller.signal, onProgress: () => controller.abort("enough") };
    expect(await failure(connect(server.port).downloadModel(huge, options))).toMatchObject({
      code: "ABORTED",
      cause: "enough",
    });
    await stopped.promise;
  });
});

describe("createClusterClient", () => {
  it.each(["", "host", "http://host:80", "host:port"])("refuses the address %j", (address) => {
    expect(() => createClusterClient({ address })).toThrow(InvalidArgumentError);
  });
});
