import { InvalidArgumentError } from "@furze/core";
import type { Context } from "hono";
import type { StatusContext } from "./options.ts";

const REQUEST_HEADERS = ["Content-Type", "Accept", "X-API-Key"];

/** Which other sites' pages may read answers. */
export interface Cors {
  /** Headers of an answer. */
  headers(c: Context): Readonly<Record<string, string>>;
  /** Answer to the browser's question before a call; `undefined` when the request is no such question. */
  preflight(c: Context): Response | undefined;
}

const ANY_ORIGIN: Readonly<Record<string, string>> = { "Access-Control-Allow-Origin": "*" };
/** What pages may read beside the content: browsers hide other headers from them. */
const EXPOSED: Readonly<Record<string, string>> = { "Access-Control-Expose-Headers": "X-Request-ID, Last-Modified" };

/** @throws {InvalidArgumentError} for a domain that is no regular expression */
export function createCors({ options }: StatusContext): Cors {
  const domains = options.corsDomains.map(toExpression);
  const isOpen = domains.length === 0 || options.corsDomains.includes(".*");
  const headers = (c: Context): Readonly<Record<string, string>> => {
    const origin = c.req.header("origin");
    if (isOpen) return origin === undefined ? ANY_ORIGIN : { ...ANY_ORIGIN, ...EXPOSED };
    if (origin === undefined || !domains.some((domain) => domain.test(origin))) return { Vary: "Origin" };
    return { "Access-Control-Allow-Origin": origin, ...EXPOSED, Vary: "Origin" };
  };
  const preflight = (c: Context): Response | undefined => {
    if (c.req.method !== "OPTIONS" || c.req.header("origin") === undefined) return undefined;
    const wanted = (c.req.header("access-control-request-headers") ?? "").split(",").map((name) => name.trim().toLowerCase());
    const allowed = REQUEST_HEADERS.filter((name) => wanted.includes(name.toLowerCase()));
    return new Response(null, {
      status: 200,
      headers: {
        ...headers(c),
        "Access-Control-Allow-Methods": options.corsMethods.join(","),
        ...(allowed.length === 0 ? {} : { "Access-Control-Allow-Headers": allowed.join(",") }),
      },
    });
  };
  return { headers, preflight };
}

function toExpression(source: string): RegExp {
  try {
    return new RegExp(`^(?:${source})$`);
  } catch (cause) {
    throw new InvalidArgumentError("options.corsDomains", `${JSON.stringify(source)} is not a regular expression`, { cause });
  }
}
