import { hash, timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import { HttpError } from "./http-error.ts";
import type { RestApiOptions } from "./options.ts";
import type { Sessions } from "./sessions.ts";

/**
 * `open` = anybody; `api` = holders of a key; `admin` = holders of the admin key, or of the only key there is. Where an administrator can
 * sign in, his session opens everything, and the key of the API alone does not open what is his.
 */
export type Access = "open" | "api" | "admin";

/** Checks a request; what it returns, if anything, must be waited for. */
export type Authorize = (c: Context) => Promise<void> | undefined;

/**
 * Checks of the `X-API-Key` header, and of sessions, by kind of access. Without keys and sessions everybody passes.
 * Keys are compared in a time that depends neither on their content nor on their length.
 *
 * @returns functions that throw, or reject with, `HttpError` 401 `unauthorized`
 */
export function createAuthorizers(options: RestApiOptions, sessions?: Sessions): Readonly<Record<Access, Authorize>> {
  const { apiKey = "", adminApiKey = "" } = options;
  const keys = [apiKey, adminApiKey].filter((key) => key !== "");
  const adminKeys = adminApiKey !== "" || sessions !== undefined ? [adminApiKey].filter((key) => key !== "") : keys;
  return {
    open: () => undefined,
    api: apiKey === "" ? () => undefined : requireOneOf(keys, sessions),
    admin: adminKeys.length === 0 && sessions === undefined ? () => undefined : requireOneOf(adminKeys, sessions),
  };
}

function requireOneOf(keys: readonly string[], sessions: Sessions | undefined): Authorize {
  const digests = keys.map(digest);
  return (c) => {
    const given = digest(c.req.header("x-api-key") ?? "");
    let isKnown = false;
    for (const known of digests) isKnown = timingSafeEqual(known, given) || isKnown;
    if (isKnown) return undefined;
    if (sessions === undefined) throw unauthorized();
    return requireSession(c, sessions);
  };
}

async function requireSession(c: Context, sessions: Sessions): Promise<void> {
  if (!(await sessions.isSignedIn(c))) throw unauthorized();
}

function unauthorized(): HttpError {
  return new HttpError(401, "unauthorized");
}

function digest(key: string): Buffer {
  return hash("sha256", key, "buffer");
}
