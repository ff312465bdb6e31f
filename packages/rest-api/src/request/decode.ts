import { checkId, FurzeError } from "@furze/core";
import type { z } from "@hono/zod-openapi";
import { badRequest } from "../http-error.ts";
import { describeJsonFault } from "../wire/json-syntax.ts";

/** How a request body is read. */
export interface BodyFormat<Body> {
  /** For the OpenAPI document. */
  readonly schema: z.ZodType;
  /** @throws {HttpError} 400 with the text that Gorse's decoder gives */
  decode(text: string): Body;
}

/** A body that is one object. `goType` is the type that Gorse's messages name, `User` or `server.Item`. */
export function objectBody<Body extends object>(
  schema: z.ZodType<Body>,
  fields: readonly string[],
  goType: string,
): BodyFormat<Body> {
  const keys = keyTable(fields);
  return {
    schema,
    decode: (text) => {
      const value = parseJson(text);
      return check(schema, value === null ? {} : canonical(value, keys, goType), goType, "");
    },
  };
}

/** A body that is a list of objects; `null` is the empty list. */
export function listBody<Row extends object>(
  schema: z.ZodType<Row>,
  fields: readonly string[],
  goType: string,
): BodyFormat<Row[]> {
  const keys = keyTable(fields);
  return {
    schema: schema.array(),
    decode: (text) => {
      const value = parseJson(text);
      if (value === null) return [];
      if (!Array.isArray(value)) throw badRequest(`json: cannot unmarshal ${kindOf(value)} into Go value of type []${goType}`);
      return value.map((row, place) => check(schema, row === null ? {} : canonical(row, keys, goType), goType, `[${place}].`));
    },
  };
}

/** @throws {HttpError} 400 with Go's message */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(describeJsonFault(text));
  }
}

type KeyTable = ReadonlyMap<string, string>;

/** Fields by their spelling, which spares most keys the change of case, and by their name in small letters. */
function keyTable(fields: readonly string[]): KeyTable {
  return new Map(fields.flatMap((field) => [field, field.toLowerCase()].map((key) => [key, field] as const)));
}

/**
 * The object with the keys that are fields, in whatever case they came; of several for one field the last holds. It is the same object
 * where nothing is to be done.
 */
function canonical(value: unknown, keys: KeyTable, goType: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badRequest(`json: cannot unmarshal ${kindOf(value)} into Go value of type ${goType}`);
  }
  const given = value as Record<string, unknown>;
  if (isCanonical(given, keys)) return given;
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(given)) {
    const field = keys.get(key) ?? keys.get(key.toLowerCase());
    if (field !== undefined) fields[field] = given[key];
  }
  return fields;
}

/** Whether all keys are fields as they are spelled: nearly all bodies, which need no second object. */
function isCanonical(value: Readonly<Record<string, unknown>>, keys: KeyTable): boolean {
  for (const key in value) if (keys.get(key) !== key) return false;
  return true;
}

function check<Body>(schema: z.ZodType<Body>, value: Record<string, unknown>, goType: string, place: string): Body {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = String(issue?.path[0] ?? "");
  const isElement = (issue?.path.length ?? 0) > 1 && field === "Categories";
  let content = value[field];
  if (isElement && Array.isArray(content)) content = content[Number(issue?.path[1])];
  throw badRequest(faultText(issue, { field, content, goType, place }));
}

interface Fault {
  readonly field: string;
  readonly content: unknown;
  readonly goType: string;
  /** Where in a list the row stands; empty for a single object. */
  readonly place: string;
}

function faultText(issue: z.core.$ZodIssue | undefined, { field, content, goType, place }: Fault): string {
  if (issue?.code === "invalid_type" && content !== undefined && content !== null) {
    const struct = goType.slice(goType.lastIndexOf(".") + 1);
    const type = GO_TYPES[issue.expected] ?? issue.expected;
    return `json: cannot unmarshal ${kindOf(content)} into Go struct field ${struct}.${field} of type ${type}`;
  }
  if (field === "Labels") return issue?.message ?? "unsupported labels";
  if (field === "Categories") return `${place}${field} must be texts of at most 256 characters`;
  return idFault(content ?? "", place + field) ?? `${place}${field} is not valid: ${issue?.message}`;
}

const GO_TYPES: Readonly<Record<string, string>> = { string: "string", number: "float64", boolean: "bool", array: "[]string" };

function idFault(content: unknown, path: string): string | undefined {
  try {
    checkId(String(content), path);
    return undefined;
  } catch (error) {
    if (FurzeError.is(error)) return error.message;
    throw error;
  }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return value === null ? "null" : typeof value;
}
