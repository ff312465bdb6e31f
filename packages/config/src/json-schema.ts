import { configSection } from "./schema.ts";
import type { AnyField, KeyKind } from "./section.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

const TEXT: JsonSchema = { type: "string" };

/** What a value of each kind is in JSON, as `configToTable` gives it. */
const TYPES: Readonly<Record<KeyKind, JsonSchema>> = {
  integer: { type: "integer" },
  number: { type: "number" },
  duration: { type: "string", pattern: "^(0|([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+)$" },
  days: { type: "integer" },
  boolean: { type: "boolean" },
  string: TEXT,
  script: TEXT,
  uri: TEXT,
  enum: TEXT,
  list: { type: "array", items: TEXT },
  expression: TEXT,
};

/**
 * JSON Schema, draft 2020-12, of a configuration as `configToTable` gives it: one definition for each table, with descriptions and
 * defaults. It tells editors and scripts what there is; what it cannot say, such as that a recommender must exist, `loadConfig` checks.
 */
export function configSchema(): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  define("Config", configSection.fields, definitions);
  return { $schema: "https://json-schema.org/draft/2020-12/schema", $ref: "#/$defs/Config", $defs: definitions };
}

/** Adds the definition of a table, and those of the tables in it. */
function define(name: string, fields: readonly AnyField[], definitions: Record<string, JsonSchema>): void {
  const properties = fields.map((field) => [field.key, describe(name, field, definitions)] as const);
  const required = fields.filter(isRequired).map((field) => field.key);
  definitions[name] = {
    type: "object",
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

function describe(parent: string, field: AnyField, definitions: Record<string, JsonSchema>): JsonSchema {
  if (field.shape === "leaf") {
    const { kind, description, defaultText, keywords } = field;
    const fallback = defaultText === undefined ? {} : { default: JSON.parse(defaultText) as unknown };
    return { ...TYPES[kind], ...keywords, description, ...fallback };
  }
  const name = (parent === "Config" ? "" : parent) + pascalCase(field.key);
  define(name, field.fields, definitions);
  const reference = { $ref: `#/$defs/${name}` };
  return field.shape === "table" ? reference : { type: "array", items: reference };
}

/** Whether a table without the key is refused. */
function isRequired(field: AnyField): boolean {
  return !field.schema.safeParse(undefined).success;
}

function pascalCase(key: string): string {
  return key.replace(/(?:^|[-_])(\w)/g, (_, letter: string) => letter.toUpperCase());
}
