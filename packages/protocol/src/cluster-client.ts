import { createHash } from "node:crypto";
import { type CallOptions, FurzeError, InvalidArgumentError, type TaskProgress, throwIfAborted } from "@furze/core";
import { createChannel, createClientFactory } from "nice-grpc";
import {
  type ClientMiddleware,
  type ClientMiddlewareCall,
  type CallOptions as GrpcCallOptions,
  Metadata,
} from "nice-grpc-common";
import { bearer, normalizeToken } from "./access.ts";
import { nodeToWire, stateFromWire, taskToWire } from "./convert.ts";
import {
  type ClusterServiceClient,
  ClusterServiceDefinition,
  type ModelServiceClient,
  ModelServiceDefinition,
} from "./generated/furze/v1/cluster.ts";
import { startTimeLimit } from "./time-limit.ts";
import { clientCredentials } from "./tls.ts";
import type { ClusterNode, ClusterState, DownloadOptions, ModelRef, MutualTls } from "./types.ts";
import { fromClientError } from "./wire-error.ts";

export interface ClusterClientOptions {
  /** Where the master listens, `host:port`. */
  readonly address: string;
  /** The cluster's secret. Default none. */
  readonly token?: string | undefined;
  /** Mutual TLS. Default none: plain text. */
  readonly tls?: MutualTls | undefined;
  /** How long a call may take, and how long a download may stand still. Default 10,000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * A node's side of the cluster protocol. Calls throw `FurzeError`s with the code and message that the master meant:
 * `UnavailableError` (retryable) when it cannot be reached or does not answer in time, UNAUTHENTICATED for a wrong token,
 * `AbortError` when `signal` ended the call. The connection is made at the first call and made again after a loss.
 */
export interface ClusterClient {
  sync(node: ClusterNode, options?: CallOptions): Promise<ClusterState>;
  /** Says that the node stops. */
  leave(nodeId: string, options?: CallOptions): Promise<void>;
  /** Hands over all tasks of the node; they replace those reported before. */
  reportProgress(nodeId: string, tasks: readonly TaskProgress[], options?: CallOptions): Promise<void>;
  /**
   * Fetches a model file and checks size and SHA-256.
   *
   * @throws {NotFoundError} when the master does not have it any more
   * @throws {FurzeError} INVALID_MODEL_FILE, retryable, when what arrived is not what `model` names
   * Cost: `model.sizeBytes` of memory.
   */
  downloadModel(model: ModelRef, options?: DownloadOptions): Promise<Uint8Array>;
  close(): void;
}

/**
 * Makes a client; nothing is sent before the first call.
 *
 * @throws {InvalidArgumentError} when address, token or certificates are malformed
 */
export function createClusterClient(options: ClusterClientOptions): ClusterClient {
  if (!/^[^/\s]+:\d+$/.test(options.address)) {
    throw new InvalidArgumentError("address", `address must be host:port, got ${JSON.stringify(options.address)}`);
  }
  const timeoutMs = options.timeoutMs ?? 10_000;
  const channel = createChannel(options.address, clientCredentials(options.tls), {
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 10_000,
    "grpc.keepalive_permit_without_calls": 1,
    // The defaults would leave a node alone for up to two minutes after its master has come back.
    "grpc.initial_reconnect_backoff_ms": 200,
    "grpc.max_reconnect_backoff_ms": 3000,
    // Else clients of one process would share a connection, and its state, with clients that others made.
    "grpc.use_local_subchannel_pool": 1,
  });
  const factory = createClientFactory().use(guard(normalizeToken(options.token)));
  const cluster: ClusterServiceClient = factory.create(ClusterServiceDefinition, channel);
  const models: ModelServiceClient = factory.create(ModelServiceDefinition, channel);
  return {
    async sync(node, callOptions) {
      const call = (signal: AbortSignal) => cluster.sync({ node: nodeToWire(node) }, { signal });
      return stateFromWire(await unary(call, timeoutMs, callOptions));
    },
    async leave(nodeId, callOptions) {
      await unary((signal: AbortSignal) => cluster.leave({ nodeId }, { signal }), timeoutMs, callOptions);
    },
    async reportProgress(nodeId, tasks, callOptions) {
      const call = (signal: AbortSignal) => cluster.reportProgress({ nodeId, tasks: tasks.map(taskToWire) }, { signal });
      await unary(call, timeoutMs, callOptions);
    },
    downloadModel: (model, callOptions) => download(models, model, timeoutMs, callOptions ?? {}),
    close: () => channel.close(),
  };
}

/** Shows the token, and turns what calls throw into `FurzeError`s. */
function guard(token: string | undefined): ClientMiddleware {
  return async function* <Request, Response>(call: ClientMiddlewareCall<Request, Response>, options: GrpcCallOptions) {
    const metadata = Metadata(options.metadata);
    if (token !== undefined) metadata.set("authorization", bearer(token));
    let trailer: Metadata | undefined;
    const onTrailer = (received: Metadata) => {
      trailer = received;
    };
    try {
      return yield* call.next(call.request, { ...options, metadata, onTrailer });
    } catch (error) {
      throw fromClientError(error, trailer, options.signal);
    }
  };
}

async function unary<Response>(
  call: (signal: AbortSignal) => Promise<Response>,
  timeoutMs: number,
  options: CallOptions | undefined,
): Promise<Response> {
  throwIfAborted(options?.signal);
  const limit = startTimeLimit(timeoutMs, options?.signal);
  try {
    return await call(limit.signal);
  } catch (error) {
    throw limit.failure() ?? error;
  } finally {
    limit.stop();
  }
}

async function download(
  models: ModelServiceClient,
  model: ModelRef,
  timeoutMs: number,
  options: DownloadOptions,
): Promise<Uint8Array> {
  throwIfAborted(options.signal);
  const bytes = new Uint8Array(model.sizeBytes);
  const hash = createHash("sha256");
  let received = 0;
  const limit = startTimeLimit(timeoutMs, options.signal);
  try {
    for await (const { data } of models.download({ modelId: model.modelId }, { signal: limit.signal })) {
      limit.refresh();
      if (received + data.length > bytes.length) throw damaged(model, `is longer than ${model.sizeBytes} bytes`);
      bytes.set(data, received);
      hash.update(data);
      received += data.length;
      options.onProgress?.({ done: received, total: model.sizeBytes });
    }
  } catch (error) {
    throw limit.failure() ?? error;
  } finally {
    limit.stop();
  }
  if (received !== model.sizeBytes) throw damaged(model, `has ${received} bytes instead of ${model.sizeBytes}`);
  if (hash.digest("hex") !== model.sha256.toLowerCase()) throw damaged(model, "does not have the expected SHA-256");
  return bytes;
}

function damaged(model: ModelRef, what: string): FurzeError {
  return new FurzeError("INVALID_MODEL_FILE", `downloaded model ${model.modelId} ${what}`, { retryable: true });
}
