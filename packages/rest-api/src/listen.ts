import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { FurzeError } from "@furze/core";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";

export interface ListenOptions {
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** 0 takes any free port. */
  readonly port: number;
  /** How long a caller may take to send the head of a request, in milliseconds; then its connection is cut. Default 20,000. */
  readonly headersTimeoutMs?: number | undefined;
  /** The same for a whole request with its body. Default 300,000. */
  readonly requestTimeoutMs?: number | undefined;
}

export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:8087`. */
  readonly address: string;
  readonly port: number;
  /**
   * Takes no more connections, lets requests in flight end, and then closes all. A second call waits for the first.
   *
   * @param options.drainMs how long requests may take to end before their connections are cut; default 10,000
   */
  close(options?: { drainMs?: number | undefined }): Promise<void>;
}

/** The server cannot listen where it was told to; the message says why and is fit for an operator. */
export class ListenError extends FurzeError {
  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    super("UNAVAILABLE", reasonOf(host, port, cause), { cause, retryable: cause.code === "EADDRINUSE" });
    this.host = host;
    this.port = port;
  }
}

/**
 * Serves an application over HTTP.
 *
 * @throws {ListenError} when the port is taken, not permitted, or the host is not one of this machine
 */
export async function listen(app: Pick<Hono, "fetch">, options: ListenOptions): Promise<RunningServer> {
  const { host = "127.0.0.1", port, headersTimeoutMs = 20_000, requestTimeoutMs = 300_000 } = options;
  const shortestMs = Math.min(headersTimeoutMs, requestTimeoutMs);
  const serverOptions = {
    headersTimeout: shortestMs,
    requestTimeout: requestTimeoutMs,
    // Node.js looks for late requests only so often.
    connectionsCheckingInterval: Math.ceil(shortestMs / 4),
  };
  const server = createAdaptorServer({ fetch: app.fetch, hostname: host, serverOptions }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(new ListenError(host, port, error)));
    server.listen(port, host, resolve);
  });
  const { port: realPort } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return {
    address: `http://${host.includes(":") ? `[${host}]` : host}:${realPort}`,
    port: realPort,
    close: ({ drainMs = 10_000 } = {}) => {
      closing ??= drain(server, drainMs);
      return closing;
    },
  };
}

/** Connections that are kept alive fall idle one by one as their requests end. */
const IDLE_CHECK_MS = 20;

async function drain(server: Server, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}

function reasonOf(host: string, port: number, { code, message }: NodeJS.ErrnoException): string {
  if (code === "EADDRINUSE")
    return `Port ${port} on ${host} is in use by another process: stop that process or choose another port.`;
  if (code === "EACCES") return `Port ${port} on ${host} may not be opened by this user: choose a port of 1024 or above.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return `${host} is not an address of this machine: choose another host.`;
  return `Cannot listen on port ${port} of ${host}: ${message}`;
}
