import { gorseVariable } from "./gorse/variable-names.ts";
import { configSection } from "./schema.ts";
import type { AnyField, KeyKind } from "./section.ts";

/** One key of the configuration, as a reference page lists it. */
export interface ConfigKey {
  /** Dotted name; `[]` follows the name of an array of tables. */
  readonly path: string;
  readonly kind: KeyKind;
  readonly description: string;
  /** As JSON; undefined when the key has no default of its own. */
  readonly defaultText: string | undefined;
  /** Values that are accepted, in words; undefined when the kind says it all. */
  readonly range: string | undefined;
  readonly isSecret: boolean;
  /** Environment variables that set it, the first wins; none for keys inside arrays of tables. */
  readonly variables: readonly string[];
}

/** Arrays of tables, each with the environment variable that may hold it as JSON. */
export function configArrays(): readonly { readonly path: string; readonly variable: string }[] {
  return arraysOf(configSection.fields, "").map((path) => ({ path, variable: variableOf(path) }));
}

/** All keys in the order of the schema. */
export function configKeys(): readonly ConfigKey[] {
  return keysOf(configSection.fields, "", true);
}

/** Dotted names of all tables, arrays of tables included. */
export function configTables(): readonly string[] {
  return tablesOf(configSection.fields, "");
}

function keysOf(fields: readonly AnyField[], prefix: string, hasVariables: boolean): readonly ConfigKey[] {
  return fields.flatMap((field) => {
    const path = prefix + field.key;
    if (field.shape !== "leaf") {
      const isArray = field.shape === "tables";
      return keysOf(field.fields, `${path}${isArray ? "[]" : ""}.`, hasVariables && !isArray);
    }
    const { kind, description, defaultText, range, isSecret } = field;
    return [{ path, kind, description, defaultText, range, isSecret, variables: hasVariables ? variablesOf(path) : [] }];
  });
}

function tablesOf(fields: readonly AnyField[], prefix: string): readonly string[] {
  return fields.flatMap((field) =>
    field.shape === "leaf" ? [] : [prefix + field.key, ...tablesOf(field.fields, `${prefix}${field.key}.`)],
  );
}

/** Those outside of others. */
function arraysOf(fields: readonly AnyField[], prefix: string): readonly string[] {
  return fields.flatMap((field) => {
    if (field.shape === "leaf") return [];
    return field.shape === "tables" ? [prefix + field.key] : arraysOf(field.fields, `${prefix}${field.key}.`);
  });
}

function variablesOf(path: string): readonly string[] {
  const gorse = gorseVariable(path);
  return gorse === undefined ? [variableOf(path)] : [variableOf(path), gorse];
}

function variableOf(path: string): string {
  return `FURZE_${path.replace(/[.-]/g, "_").toUpperCase()}`;
}
