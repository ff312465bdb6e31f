import { createHash } from "node:crypto";
import { type CallOptions, FurzeError, type LogFields, type Logger, NotFoundError } from "@furze/core";
import { afterEach } from "vitest";
import { type ClusterClient, type ClusterClientOptions, createClusterClient } from "../src/cluster-client.ts";
import { type ClusterServer, type ClusterServerOptions, createClusterServer } from "../src/cluster-server.ts";
import type { ClusterHandlers, ClusterNode, ClusterState, ModelRef } from "../src/types.ts";

/** Of a download. */
export const CHUNK_BYTES: number = 256 * 1024;
export const NODE: ClusterNode = { nodeId: "3b0c", kind: "worker", hostname: "wörker", httpPort: 8089, version: "0.1.0" };
export const BYTES: Uint8Array = Uint8Array.from({ length: 2 * CHUNK_BYTES + 77 }, (_, index) => (index * 31) >> 3);
export const MODEL: ModelRef = {
  kind: "collaborative-filtering",
  modelId: "1764000000000",
  sizeBytes: BYTES.length,
  sha256: createHash("sha256").update(BYTES).digest("hex"),
  score: 0.25,
  fittedMs: 1_764_000_000_000,
};
export const STATE: ClusterState = {
  configJson: '{"recommend":{}}',
  configDigest: "c0ffee",
  members: [{ ...NODE, lastSeenMs: 1_764_000_000_123 }],
  models: [MODEL, { ...MODEL, kind: "click-through-rate", score: undefined }],
  datasetDigest: "dada",
  listsVersion: Number.MAX_SAFE_INTEGER,
};

export async function* stream(...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

export const HANDLERS: ClusterHandlers = {
  sync: async () => STATE,
  leave: async () => {},
  reportProgress: async () => {},
  async openModel(modelId) {
    if (modelId !== MODEL.modelId) throw new NotFoundError("model", modelId);
    return stream(BYTES);
  },
};

/** Ends when the call does. */
export function untilAborted({ signal }: CallOptions): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
}

interface LogLine {
  readonly message: string;
  readonly fields: LogFields | undefined;
}

export function recordingLogger(): { lines: LogLine[]; logger: Logger } {
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

export async function serve(
  handlers: Partial<ClusterHandlers> = {},
  options: Partial<ClusterServerOptions> = {},
): Promise<ClusterServer> {
  const server = await createClusterServer({ ...options, handlers: { ...HANDLERS, ...handlers } });
  opened.push(server);
  return server;
}

export function connect(port: number, options: Partial<ClusterClientOptions> = {}): ClusterClient {
  const client = createClusterClient({ address: `127.0.0.1:${port}`, ...options });
  opened.push(client);
  return client;
}

export async function failure(call: Promise<unknown>): Promise<FurzeError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!FurzeError.is(error)) throw new Error("expected a FurzeError", { cause: error });
  return error;
}
