import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Access } from "./auth.ts";
import type { ApiContext } from "./options.ts";
import type { BodyFormat } from "./request/decode.ts";
import { readBody } from "./request/read-body.ts";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** What a handler gives: the JSON text of a 200, or a text with headers or another status. */
export type Reply = string | ReplyOptions;

export interface ReplyOptions {
  /** A stream is sent piece by piece, as fast as the caller takes it. */
  readonly body: string | ReadableStream<Uint8Array>;
  /** Default 200. */
  readonly status?: number;
  /** Default `application/json`. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface EndpointFacts {
  readonly method: Method;
  /** OpenAPI form: `/api/user/{user-id}`. */
  readonly path: string;
  /** Default `api`. */
  readonly access?: Access;
  readonly tag: string;
  /** Name of the operation. Of several routes with one name the first is the one to use, the others are older spellings of it. */
  readonly name: string;
  readonly summary: string;
  /** Names of query parameters it understands; `QUERY_PARAMETERS` says what they mean. */
  readonly query?: readonly string[];
  /** Names of request headers it understands; `REQUEST_HEADERS` says what they mean. */
  readonly headers?: readonly string[];
  readonly answer: z.ZodType;
  /** MIME type of a 200. Default `application/json`. */
  readonly answerType?: string;
  /** Statuses it may answer beyond those that every route of its kind may: a 404 for what is not there, a 429 for a quota. */
  readonly failures?: readonly number[];
}

/** One route: what it is, for routing and the OpenAPI document, and what it does. */
export interface Endpoint extends EndpointFacts {
  readonly body: z.ZodType | undefined;
  /** MIME types that a body may have; without a body nobody asks. */
  readonly bodyTypes: readonly string[];
  handle(c: Context): Reply | Promise<Reply>;
}

/** A route without a body; one that is sent all the same is not looked at. */
export function endpoint(facts: EndpointFacts, handle: (c: Context) => Reply | Promise<Reply>): Endpoint {
  return { ...facts, body: undefined, bodyTypes: [], handle };
}

/** A route that reads its body itself, piece by piece: it may be larger than the memory. */
export function streamEndpoint(
  facts: EndpointFacts & { readonly bodyTypes: readonly string[] },
  handle: (body: AsyncIterable<Uint8Array>, c: Context) => Promise<Reply>,
): Endpoint {
  const schema = z.string().openapi({ format: "binary" });
  return { ...facts, body: schema, handle: async (c) => handle(c.req.raw.body ?? ReadableStream.from([]), c) };
}

/** A route with a JSON body, which is read and checked before `handle` runs. */
export function bodyEndpoint<Body>(
  context: ApiContext,
  facts: EndpointFacts & { readonly format: BodyFormat<Body> },
  handle: (body: Body, c: Context) => Promise<Reply>,
): Endpoint {
  const { format, ...rest } = facts;
  return {
    ...rest,
    body: format.schema,
    bodyTypes: ["application/json"],
    handle: async (c) => handle(format.decode(await readBody(c, context.options.maxBodyBytes)), c),
  };
}
