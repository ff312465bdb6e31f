import { OpenAPIHono, z } from "@hono/zod-openapi";
import type { Endpoint } from "./endpoint.ts";

/** What query parameters mean; every route that takes one means the same by it. */
const QUERY_PARAMETERS: Readonly<Record<string, z.ZodType>> = {
  n: z.coerce.number().int().min(0).optional().openapi({ description: "Most rows to return" }),
  offset: z.coerce.number().int().min(0).optional().openapi({ description: "Rows to pass over first" }),
  cursor: z.string().optional().openapi({ description: "`Cursor` of the page before" }),
  category: z.array(z.string()).optional().openapi({ description: "Only items that carry all of these" }),
  "user-id": z.string().optional().openapi({ description: "Leave out items this user has feedback on" }),
  q: z.string().optional().openapi({ description: "Text to search for" }),
  details: z.enum(["true", "false"]).optional().openapi({ description: "Return scores, sources and model" }),
  "write-back-type": z.string().optional().openapi({ description: "Store feedback of this type for what is returned" }),
  "write-back-delay": z.string().optional().openapi({ description: "Delay of that feedback, such as `10m`" }),
};

/**
 * The OpenAPI 3.1 document of some endpoints, as JSON text.
 *
 * @throws {RangeError} when an endpoint names a query parameter that is not described
 */
export function describeApi(endpoints: readonly Endpoint[], version: string): string {
  const app = new OpenAPIHono();
  const { openAPIRegistry: registry } = app;
  registry.registerComponent("securitySchemes", "apiKey", { type: "apiKey", in: "header", name: "X-API-Key" });
  for (const route of endpoints) {
    registry.registerPath({
      method: route.method,
      path: route.path,
      summary: route.summary,
      tags: [route.tag],
      ...(route.access === "open" ? {} : { security: [{ apiKey: [] }] }),
      request: {
        params: pathParameters(route.path),
        query: queryParameters(route.query ?? []),
        ...(route.body === undefined
          ? {}
          : { body: { required: true, content: { "application/json": { schema: route.body } } } }),
      },
      responses: {
        200: { description: "Done", content: { "application/json": { schema: route.answer } } },
        default: { description: "What is wrong, in one line", content: { "text/plain": { schema: z.string() } } },
      },
    });
  }
  const info = { title: "Furze REST API", version, license: { name: "Apache-2.0" } };
  return JSON.stringify(app.getOpenAPI31Document({ openapi: "3.1.0", info }), null, 1);
}

function pathParameters(path: string): z.ZodObject {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? "");
  return z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
}

function queryParameters(names: readonly string[]): z.ZodObject {
  return z.object(
    Object.fromEntries(
      names.map((name) => {
        const schema = QUERY_PARAMETERS[name];
        if (schema === undefined) throw new RangeError(`query parameter ${name} has no description`);
        return [name, schema];
      }),
    ),
  );
}
