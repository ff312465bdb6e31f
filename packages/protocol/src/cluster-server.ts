import { type CallOptions, FurzeError, InvalidArgumentError, type Logger, silentLogger, UnavailableError } from "@furze/core";
import type { ServerCredentials } from "@grpc/grpc-js";
import { createServer, type Server } from "nice-grpc";
import type { CallContext, ServerMiddleware, ServerMiddlewareCall } from "nice-grpc-common";
import { checkClosedByDefault, isBearerOf, normalizeToken } from "./access.ts";
import { nodeFromWire, stateToWire, taskFromWire } from "./convert.ts";
import {
  ClusterServiceDefinition,
  type ClusterServiceImplementation,
  type DownloadRequest,
  ModelServiceDefinition,
  type ModelServiceImplementation,
} from "./generated/furze/v1/cluster.ts";
import { rechunk } from "./rechunk.ts";
import { serverCredentials } from "./tls.ts";
import type { ClusterHandlers, MutualTls } from "./types.ts";
import { toServerError } from "./wire-error.ts";

const CHUNK_BYTES = 256 * 1024;

export interface ClusterServerOptions {
  /** Address to listen on. Default `127.0.0.1`. Anything but loopback needs `token` or `tls`. */
  readonly host?: string | undefined;
  /** Default 0: a free port, to be read from the server. */
  readonly port?: number | undefined;
  /** Secret that every call must carry; visible ASCII. Default none. */
  readonly token?: string | undefined;
  /** Mutual TLS: callers must show a certificate signed by `ca`. Default none: plain text. */
  readonly tls?: MutualTls | undefined;
  readonly handlers: ClusterHandlers;
  /** Gets errors that are no `FurzeError`. Default silent. */
  readonly logger?: Logger | undefined;
  /** How long `close` lets running calls go on. Default 10,000. */
  readonly drainMs?: number | undefined;
}

export interface ClusterServer {
  readonly host: string;
  readonly port: number;
  /** Takes no new calls, lets running ones end for `drainMs`, then cuts them. May be called more than once. */
  close(): Promise<void>;
}

/**
 * Starts the master's side of the cluster protocol.
 *
 * @throws {InvalidArgumentError} when the host is not loopback and neither token nor TLS is set, or token or certificates are malformed
 * @throws {UnavailableError} when the port cannot be bound
 */
export async function createClusterServer(options: ClusterServerOptions): Promise<ClusterServer> {
  const host = options.host ?? "127.0.0.1";
  const token = normalizeToken(options.token);
  checkClosedByDefault(host, token !== undefined || options.tls !== undefined);
  const credentials = serverCredentials(options.tls);
  const server = createServer({ "grpc.keepalive_time_ms": 30_000, "grpc.keepalive_timeout_ms": 10_000 }).use(
    guard(token, options.logger ?? silentLogger),
  );
  server.add(ClusterServiceDefinition, clusterService(options.handlers));
  server.add(ModelServiceDefinition, modelService(options.handlers));
  const port = await listen(server, host, options.port ?? 0, credentials);
  let closing: Promise<void> | undefined;
  return {
    host,
    port,
    close() {
      closing ??= drain(server, options.drainMs ?? 10_000);
      return closing;
    },
  };
}

async function listen(server: Server, host: string, port: number, credentials: ServerCredentials): Promise<number> {
  const address = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  try {
    return await server.listen(address, credentials);
  } catch (cause) {
    server.forceShutdown();
    throw new UnavailableError(`cannot listen on ${address}`, { cause });
  }
}

async function drain(server: Server, drainMs: number): Promise<void> {
  const timer = setTimeout(() => server.forceShutdown(), drainMs);
  try {
    await server.shutdown();
  } finally {
    clearTimeout(timer);
  }
}

/** Lets in who knows the token, and turns what handlers throw into statuses. */
function guard(token: string | undefined, logger: Logger): ServerMiddleware {
  return async function* <Request, Response>(call: ServerMiddlewareCall<Request, Response>, context: CallContext) {
    try {
      if (token !== undefined && !isBearerOf(context.metadata.get("authorization"), token)) {
        throw new FurzeError("UNAUTHENTICATED", "the cluster token is missing or wrong");
      }
      return yield* call.next(call.request, context);
    } catch (error) {
      // Nobody reads the answer of a call that its caller has left, so there is nothing to log either.
      if (context.signal.aborted) throw error;
      throw toServerError(error, context.trailer, call.method.path, logger);
    }
  };
}

function clusterService(handlers: ClusterHandlers): ClusterServiceImplementation {
  return {
    async sync(request, context) {
      return stateToWire(await handlers.sync(nodeFromWire(request.node), callOptions(context)));
    },
    async leave(request, context) {
      if (request.nodeId === "") throw new InvalidArgumentError("nodeId", "nodeId must not be empty");
      await handlers.leave(request.nodeId, callOptions(context));
      return {};
    },
    async reportProgress(request, context) {
      if (request.nodeId === "") throw new InvalidArgumentError("nodeId", "nodeId must not be empty");
      await handlers.reportProgress(request.nodeId, request.tasks.map(taskFromWire), callOptions(context));
      return {};
    },
  };
}

function modelService(handlers: ClusterHandlers): ModelServiceImplementation {
  return {
    async *download(request: DownloadRequest, context: CallContext) {
      if (request.modelId === "") throw new InvalidArgumentError("modelId", "modelId must not be empty");
      const bytes = await handlers.openModel(request.modelId, callOptions(context));
      for await (const data of rechunk(bytes, CHUNK_BYTES)) yield { data };
    },
  };
}

function callOptions(context: CallContext): CallOptions {
  return { signal: context.signal };
}
