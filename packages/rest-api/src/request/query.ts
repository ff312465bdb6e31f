import { checkId, type ItemId, type UserId } from "@furze/core";
import type { Context } from "hono";
import { badRequest } from "../http-error.ts";
import type { ApiContext } from "../options.ts";

export interface Paging {
  readonly limit: number;
  readonly offset: number;
}

/**
 * `n` and `offset` of a request.
 *
 * @param prefix stands before the name in messages about text that is no number
 * @throws {HttpError} 400
 */
export function readPaging(c: Context, { options }: ApiContext, prefix?: string): Paging {
  return {
    limit: readCount(c, "n", { fallback: options.defaultLimit, max: options.maxLimit, prefix }),
    offset: readCount(c, "offset", { fallback: 0, max: options.maxLimit, prefix }),
  };
}

/** `n` of a request. @throws {HttpError} 400 */
export function readLimit(c: Context, { options }: ApiContext): number {
  return readCount(c, "n", { fallback: options.defaultLimit, max: options.maxLimit, prefix: undefined });
}

/** `n` of a search: a negative one asks for nothing, as in Gorse. @throws {HttpError} 400 */
export function readSearchLimit(c: Context, context: ApiContext): number {
  return /^-\d+$/.test(c.req.query("n") ?? "") ? 0 : readLimit(c, context);
}

function readCount(c: Context, name: string, rule: { fallback: number; max: number; prefix: string | undefined }): number {
  const text = c.req.query(name);
  if (text === undefined || text === "") return rule.fallback;
  const fault = (reason: string): Error =>
    badRequest(
      `${rule.prefix === undefined ? "" : `${rule.prefix} ${name} parameter: `}strconv.Atoi: parsing ${JSON.stringify(text)}: ${reason}`,
    );
  if (!/^[+-]?\d+$/.test(text)) throw fault("invalid syntax");
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw fault("value out of range");
  if (value < 0) throw badRequest(`${name} must be at least 0, got ${value}`);
  if (value > rule.max) throw badRequest(`${name} must be at most ${rule.max}, got ${value}`);
  return value;
}

/** Categories of a request: the one in the path, or all `category` parameters that are not empty. */
export function readCategories(c: Context): readonly string[] | undefined {
  const inPath = c.req.param("category");
  if (inPath !== undefined) return [inPath];
  if (c.req.query("category") === undefined) return undefined;
  const given = (c.req.queries("category") ?? []).filter((category) => category !== "");
  return given.length === 0 ? undefined : given;
}

/** The user in the path. @throws {InvalidArgumentError} */
export function readUserId(c: Context): UserId {
  return readName(c, "user-id");
}

/** The item in the path. @throws {InvalidArgumentError} */
export function readItemId(c: Context): ItemId {
  return readName(c, "item-id");
}

/** An identifier in the path. @throws {InvalidArgumentError} */
export function readName(c: Context, parameter: string): string {
  const name = c.req.param(parameter) ?? "";
  checkId(name, parameter);
  return name;
}
