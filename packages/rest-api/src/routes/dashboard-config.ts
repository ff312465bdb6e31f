import type { JsonValue } from "@furze/core";
import { z } from "@hono/zod-openapi";
import { type Endpoint, endpoint } from "../endpoint.ts";
import { badRequest } from "../http-error.ts";
import type { MasterContext } from "../options.ts";
import type { ConfigurationSource } from "../ports.ts";
import { parseJson } from "../request/decode.ts";
import { readBody } from "../request/read-body.ts";
import { configAnswer } from "../response-schemas.ts";
import { writeValue } from "../wire/json-writer.ts";

type Table = Readonly<Record<string, unknown>>;

/** Scripts and templates are the largest part of a configuration. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const MAX_DEPTH = 32;

const facts = { access: "admin", tag: "dashboard", path: "/api/dashboard/config", answer: configAnswer } as const;

/** The configuration, and the part of it that may be replaced; absent where the process has none to tell of. */
export function configEndpoints({ configuration }: MasterContext): Endpoint[] {
  if (configuration === undefined) return [];
  const show = (): string => writeValue(JSON.parse(JSON.stringify(configuration.shown())) as JsonValue);
  return [
    endpoint({ ...facts, method: "get", name: "showConfig", summary: "The configuration, with secrets masked" }, show),
    {
      ...facts,
      method: "post",
      name: "replaceConfig",
      summary:
        "Put the section `recommend` in the place of that of the file, for good; what else is sent must be as it is. A masked secret stays the secret",
      body: z.looseObject({ recommend: z.record(z.string(), z.unknown()) }),
      bodyTypes: ["application/json"],
      handle: async (c) => {
        await configuration.replaceRecommend(readRecommend(await readBody(c, MAX_BODY_BYTES), configuration));
        return show();
      },
    },
    endpoint(
      { ...facts, method: "delete", name: "resetConfig", summary: "Go back to the section `recommend` of the file" },
      async () => {
        await configuration.reset();
        return "{}";
      },
    ),
    endpoint(
      {
        ...facts,
        method: "get",
        path: "/api/dashboard/config/schema",
        name: "configSchema",
        summary: "JSON Schema of the configuration",
      },
      () => JSON.stringify(configuration.schema, null, 1),
    ),
  ];
}

/** The section `recommend` of a body whose other sections change nothing. */
function readRecommend(text: string, configuration: ConfigurationSource): Table {
  const body = parseJson(text);
  if (!isTable(body) || !isTable(body.recommend)) throw badRequest("recommend must be an object with the keys to set");
  if (isDeeper(body, MAX_DEPTH)) throw badRequest(`the configuration is nested deeper than ${MAX_DEPTH} levels`);
  const { recommend, ...others } = body;
  const changed = firstDifference(others, configuration.shown(), "");
  if (changed !== undefined) {
    throw badRequest(`${changed} cannot be changed here, only recommend can: change the file and restart the master`);
  }
  return recommend;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

/** Dotted path of the first value that is not as shown; what is not there need not be. */
function firstDifference(values: unknown, shown: unknown, path: string): string | undefined {
  if (!isTable(values) || !isTable(shown)) return isEqual(values, shown) ? undefined : path;
  for (const [key, value] of Object.entries(values)) {
    const found = firstDifference(value, shown[key], path === "" ? key : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isEqual(value: unknown, shown: unknown): boolean {
  return value === null || JSON.stringify(value) === JSON.stringify(shown);
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
