import { type CallOptions, InvalidArgumentError, UnavailableError } from "@furze/core";
import { describe, expect, it } from "vitest";
import {
  BYTES,
  CHUNK_BYTES,
  connect,
  failure,
  HANDLERS,
  MODEL,
  NODE,
  recordingLogger,
  STATE,
  serve,
  stream,
  untilAborted,
} from "../test/cluster.ts";
import { createClusterServer } from "./cluster-server.ts";
import type { ClusterNode, ClusterState } from "./types.ts";

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
    let entered = 0;
    let gone = 0;
    const hang = (options: CallOptions): Promise<never> => {
      entered++;
      return untilAborted(options).finally(() => gone++);
    };
    const { lines, logger } = recordingLogger();
    const server = await serve({ sync: (_, options) => hang(options), openModel: (_, options) => hang(options) }, { logger });
    const client = connect(server.port, { timeoutMs: 30 });
    const message = "the master did not answer within 30 ms";
    for (const call of [() => client.sync(NODE), () => client.downloadModel(MODEL)]) {
      const before = entered;
      // On a busy machine the time may be over before the call has reached the server.
      while (entered === before) {
        expect(await failure(call())).toMatchObject({ code: "UNAVAILABLE", retryable: true, message });
      }
    }
    await expect.poll(() => gone).toBe(entered);
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
