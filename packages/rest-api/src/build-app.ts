import { randomUUID } from "node:crypto";
import { FurzeError } from "@furze/core";
import { httpStatusOf } from "@furze/protocol/status";
import { type Context, Hono } from "hono";
import { getPath } from "hono/utils/url";
import { createAuthorizers } from "./auth.ts";
import { type Cors, createCors } from "./cors.ts";
import type { Endpoint, Reply, ReplyOptions } from "./endpoint.ts";
import { HttpError } from "./http-error.ts";
import type { StatusContext } from "./options.ts";
import type { RequestHistogram } from "./ports.ts";
import { createRouteTable, type RouteTable } from "./route-table.ts";
import type { Sessions } from "./sessions.ts";

const TEXT = "text/plain; charset=utf-8";
const JSON_TYPE = "application/json";

/** Headers that an answer needs beyond its content; made fresh because the server keeps the object. */
type Finish = (c: Context, requestId: string, reply: ReplyOptions) => Response;

/**
 * Makes the application of a list of endpoints. Everything around a handler happens in one function per route, without
 * middleware: a chain would cost more than most handlers do.
 */
export function buildApp(context: StatusContext, endpoints: readonly Endpoint[], sessions?: Sessions): Hono {
  const app = new Hono({ getPath: (request) => cleanPath(getPath(request)) });
  const authorizers = createAuthorizers(context.options, sessions);
  const cors = createCors(context);
  const histogram = context.metrics?.histogram({
    name: "server_rest_api_request_seconds",
    help: "Time from the arrival of a request to its answer, by route and status.",
    labelNames: ["api", "status"],
  });
  const finish: Finish = (c, requestId, reply) =>
    new Response(reply.body, {
      status: reply.status ?? 200,
      headers: {
        "Content-Type": reply.contentType ?? JSON_TYPE,
        "X-Request-ID": requestId,
        ...(reply.status === 401 ? undefined : cors.headers(c)),
        ...reply.headers,
      },
    });
  for (const route of endpoints) {
    const authorize = authorizers[route.access ?? "api"];
    app.on(route.method.toUpperCase(), honoPath(route.path), async (c) => {
      const startedMs = performance.now();
      const requestId = randomUUID();
      let reply: ReplyOptions;
      try {
        const session = authorize(c);
        if (session !== undefined) await session;
        checkMediaTypes(c, route);
        reply = toOptions(await route.handle(c));
      } catch (error) {
        reply = errorReply(error, { context, route, requestId });
      }
      report(context, histogram, { method: route.method, api: route.path, requestId, status: reply.status ?? 200, startedMs });
      return finish(c, requestId, reply);
    });
  }
  const routes = createRouteTable(endpoints);
  app.notFound((c) => {
    const startedMs = performance.now();
    const response = answerUnrouted(c, routes, cors);
    // The path is not told: it may be anything, and metrics with a label that may be anything grow without bound.
    report(context, histogram, { method: c.req.method.toLowerCase(), api: "none", status: response.status, startedMs });
    return response;
  });
  app.onError((error) => {
    context.logger.error("request failed outside of its route", { error });
    return new Response("internal error", { status: 500, headers: { "Content-Type": TEXT } });
  });
  return app;
}

/** An answer where no route has a path and method, or the browser's question before a call. */
function answerUnrouted(c: Context, routes: RouteTable, cors: Cors): Response {
  const methods = routes.methodsOf(c.req.path);
  if (methods.length === 0) return new Response("404: Page Not Found", { status: 404, headers: { "Content-Type": TEXT } });
  const preflight = cors.preflight(c);
  if (preflight !== undefined) return preflight;
  const headers = { "Content-Type": TEXT, Allow: methods.join(", ") };
  return new Response("405: Method Not Allowed", { status: 405, headers });
}

function honoPath(path: string): string {
  return path.replaceAll(/\{([^}]+)\}/g, ":$1");
}

/** One slash where there are several, and none at the end: clients join paths carelessly. */
function cleanPath(path: string): string {
  const single = path.includes("//") ? path.replaceAll(/\/{2,}/g, "/") : path;
  return single.length > 1 && single.endsWith("/") ? single.slice(0, -1) : single;
}

function toOptions(reply: Reply): ReplyOptions {
  return typeof reply === "string" ? { body: reply } : reply;
}

/** @throws {HttpError} 415 for a body of another type, 406 for a caller that does not take the answer */
function checkMediaTypes(c: Context, route: Endpoint): void {
  // A body without a type is bytes.
  const given = (c.req.header("content-type") ?? "application/octet-stream").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (route.body !== undefined && !route.bodyTypes.includes(given)) {
    throw new HttpError(415, "415: Unsupported Media Type");
  }
  const accept = c.req.header("accept");
  if (
    accept !== undefined &&
    route.access !== "open" &&
    !/(^|[\s,])(\*\/\*|application\/(\*|json)|text\/plain)/i.test(accept) &&
    !accept.includes(route.answerType ?? JSON_TYPE)
  ) {
    throw new HttpError(406, "406: Not Acceptable\n\nAvailable representations: application/json");
  }
}

interface Failure {
  readonly context: StatusContext;
  readonly route: Endpoint;
  readonly requestId: string;
}

function errorReply(error: unknown, { context, route, requestId }: Failure): ReplyOptions {
  if (error instanceof HttpError) return { status: error.status, body: error.message, contentType: TEXT };
  const status = httpStatusOf(error);
  // Only what was written for callers reaches them: other messages may name hosts, files or credentials.
  const isForCaller =
    FurzeError.is(error) && (status < 500 || error.code === "UNSUPPORTED" || error.code === "MODEL_NOT_READY");
  if (status >= 500) context.logger.error("request failed", { requestId, method: route.method, api: route.path, error });
  if (isForCaller) return { status, body: error.message, contentType: TEXT };
  const text = status === 503 ? "a store cannot be reached, try again" : "internal error";
  return { status, body: `${text} (request ${requestId})`, contentType: TEXT };
}

interface Outcome {
  readonly method: string;
  /** Path of the route, with the names of its parameters. */
  readonly api: string;
  readonly requestId?: string;
  readonly status: number;
  readonly startedMs: number;
}

function report(context: StatusContext, histogram: RequestHistogram | undefined, outcome: Outcome): void {
  const { method, api, requestId, status } = outcome;
  const elapsedMs = performance.now() - outcome.startedMs;
  context.logger.debug("request", { requestId, method, api, status, elapsedMs });
  histogram?.observe({ api, status: String(status) }, elapsedMs / 1000);
}
