import { hash, timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import { HttpError } from "./http-error.ts";
import type { RestApiOptions } from "./options.ts";

/** `open` = anybody; `api` = holders of a key; `admin` = holders of the admin key, or of the only key there is. */
export type Access = "open" | "api" | "admin";

export type Authorize = (c: Context) => void;

/**
 * Checks of the `X-API-Key` header by kind of access. Without keys everybody passes.
 * Keys are compared in a time that depends neither on their content nor on their length.
 *
 * @returns functions that throw `HttpError` 401 `unauthorized`
 */
export function createAuthorizers({ apiKey = "", adminApiKey = "" }: RestApiOptions): Readonly<Record<Access, Authorize>> {
  const keys = [apiKey, adminApiKey].filter((key) => key !== "");
  return {
    open: () => undefined,
    api: apiKey === "" ? () => undefined : requireOneOf(keys),
    admin: keys.length === 0 ? () => undefined : requireOneOf(adminApiKey === "" ? keys : [adminApiKey]),
  };
}

function requireOneOf(keys: readonly string[]): Authorize {
  const digests = keys.map(digest);
  return (c) => {
    const given = digest(c.req.header("x-api-key") ?? "");
    let isKnown = false;
    for (const known of digests) isKnown = timingSafeEqual(known, given) || isKnown;
    if (!isKnown) throw new HttpError(401, "unauthorized");
  };
}

function digest(key: string): Buffer {
  return hash("sha256", key, "buffer");
}
