import { OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import type { Endpoint } from "./endpoint.ts";

type ResponseConfig = RouteConfig["responses"][number];

export interface ApiDescription {
  /** Version of the API. */
  readonly version: string;
  /** Largest `n` and `offset`. */
  readonly maxLimit: number;
}

type Parameters = Readonly<Record<string, z.ZodType>>;

const text = (description: string): z.ZodType => z.string().optional().openapi({ description });
const choice = (values: string[], description: string): z.ZodType => z.enum(values).optional().openapi({ description });

/** What query parameters mean; every route that takes one means the same by it. */
function queryParameters(maxLimit: number): Parameters {
  const count = (description: string): z.ZodType => z.int().min(0).max(maxLimit).optional().openapi({ description });
  return {
    n: count("Most rows to return"),
    offset: count("Rows to pass over first"),
    cursor: text("`Cursor` of the page before"),
    category: z.array(z.string()).optional().openapi({ description: "Only items that carry all of these" }),
    "user-id": text("Leave out items this user has feedback on; a preview is made for him"),
    q: text("Words to search for: any of them finds an item; `cursor` is ignored then"),
    "more-details": choice(["true", "false"], "Return whole items with their scores"),
    details: choice(["true", "false"], "Return scores, sources and model of each item"),
    "write-back-type": text("Store feedback of this type for what is returned"),
    "write-back-delay": text("Delay of that feedback, such as `10m`"),
    script: text("JavaScript, as base64"),
    "query-template": text("Jinja template of the question about a user, as base64"),
    "document-template": text("Jinja template that tells of an item, as base64"),
    begin: text("First time; a week ago when absent"),
    end: text("Last time; now when absent"),
    duration: text("Width of a bucket, such as `1h`, of which the last point is given; `24h` when absent"),
  };
}

/** What request headers mean, beside the key. */
const REQUEST_HEADERS: Parameters = { "X-API-Version": choice(["2"], "Return scores, not only ids") };

/** What a page of the document says at its top, and at each group of routes. */
const INTRODUCTION = `Recommendations from what users do. Everything is JSON; a failure is a line of text that says what is wrong.
Names of fields match in any case, unknown ones are ignored, and one that is absent or null has its zero value. A slash at the end of an address means nothing.`;

const TAGS: Readonly<Record<string, string>> = {
  users: "Who gets recommendations, and labels that tell users apart.",
  items: "What is recommended. A hidden item is never recommended, from the next request on.",
  feedback: "What users have done with items, by type, user and item.",
  recommendation: "Ranked lists. Items that are hidden or deleted never appear, nor do those that the user has feedback on.",
  measurements: "How well the system does, over time.",
  health: "Probes; they need no key.",
  bulk: "All rows at once, as files. Bodies and answers are streams: neither has to fit into memory.",
  dashboard: "What the system does. These routes want the key of administrators or a session, where there is either.",
};

/** What answers other than 200 mean. */
const FAILURES: Readonly<Record<number, string>> = {
  302: "Sent on to another page",
  400: "The request cannot be understood",
  401: "The key is missing or wrong",
  403: "A page of another site has sent the request",
  404: "There is no such row, or nothing of the kind is configured",
  406: "The caller does not take what the route answers",
  413: "The body is too large, or a script reaches a limit",
  415: "The body is of a type that the route does not take",
  429: "A quota would be exceeded, or too many sign-ins have failed",
  500: "The server has failed; its log tells more under the request id of the text",
  503: "A store cannot be reached; worth another try",
};

/**
 * The OpenAPI 3.1 document of some endpoints, as JSON text.
 *
 * @throws {RangeError} when an endpoint names a parameter, header or status that is not described
 */
export function describeApi(endpoints: readonly Endpoint[], { version, maxLimit }: ApiDescription): string {
  const app = new OpenAPIHono();
  const { openAPIRegistry: registry } = app;
  registry.registerComponent("securitySchemes", "apiKey", { type: "apiKey", in: "header", name: "X-API-Key" });
  const known = queryParameters(maxLimit);
  const named = new Set<string>();
  for (const route of endpoints) {
    const isOldSpelling = named.has(route.name);
    named.add(route.name);
    registry.registerPath({
      method: route.method,
      path: route.path,
      ...(isOldSpelling ? { deprecated: true } : { operationId: route.name }),
      summary: route.summary,
      tags: [route.tag],
      ...(route.access === "open" ? {} : { security: [{ apiKey: [] }] }),
      request: {
        params: z.object(Object.fromEntries(pathParameters(route.path).map((name) => [name, z.string().min(1).max(256)]))),
        query: pick(route.query ?? [], known),
        headers: pick(route.headers ?? [], REQUEST_HEADERS),
        ...(route.body === undefined ? {} : { body: { required: true, content: contentOf(route.bodyTypes, route.body) } }),
      },
      responses: {
        200: { description: "Done", content: { [route.answerType ?? "application/json"]: { schema: route.answer } } },
        ...Object.fromEntries(failuresOf(route).map((status) => [status, describeFailure(status)])),
      },
    });
  }
  const license = { name: "Apache-2.0", identifier: "Apache-2.0" };
  const info = { title: "Furze REST API", version, description: INTRODUCTION, license };
  const tags = [...new Set(endpoints.map((route) => route.tag))].map((name) => ({ name, description: TAGS[name] ?? "" }));
  return JSON.stringify(app.getOpenAPI31Document({ openapi: "3.1.0", info, tags }), null, 1);
}

function contentOf(types: readonly string[], schema: z.ZodType): Record<string, { schema: z.ZodType }> {
  return Object.fromEntries(types.map((type) => [type, { schema }]));
}

/** Every status but 200 that a route may answer, in ascending order. */
export function failuresOf(route: Endpoint): number[] {
  const takesInput = route.path.includes("{") || (route.query ?? []).length > 0 || route.body !== undefined;
  const statuses = [
    ...(takesInput ? [400] : []),
    ...(route.access === "open" ? [] : [401, 406, 500, 503]),
    ...(route.body === undefined ? [] : [413, 415]),
    ...(route.failures ?? []),
  ];
  return [...new Set(statuses)].sort((a, b) => a - b);
}

function describeFailure(status: number): ResponseConfig {
  const description = FAILURES[status];
  if (description === undefined) throw new RangeError(`status ${status} has no description`);
  const schema = z.string().openapi({ description: "What is wrong, in one line" });
  return { description, content: { "text/plain": { schema } } };
}

function pathParameters(path: string): string[] {
  return [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? "");
}

function pick(names: readonly string[], known: Parameters): z.ZodObject {
  return z.object(
    Object.fromEntries(
      names.map((name) => {
        const schema = known[name];
        if (schema === undefined) throw new RangeError(`parameter ${name} has no description`);
        return [name, schema];
      }),
    ),
  );
}
