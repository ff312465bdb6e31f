import type { ConfigProblem } from "./config-error.ts";
import { configArrays, configKeys, configTables } from "./keys.ts";
import { editDistance, nearest } from "./nearest.ts";
import { isTable } from "./paths.ts";

/** Values of environment variables laid over those of a file. */
export interface Overlay {
  readonly raw: Readonly<Record<string, unknown>>;
  /** Variable that each key came from, by dotted path. */
  readonly variables: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
  readonly problems: readonly ConfigProblem[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Lays variables over a file. An empty variable counts as absent, as compose files leave them. */
export function overlayVariables(raw: Readonly<Record<string, unknown>>, env: Environment): Overlay {
  let result = raw;
  const variables = new Map<string, string>();
  for (const key of configKeys()) {
    const variable = key.variables.find((name) => (env[name] ?? "") !== "");
    const value = variable === undefined ? undefined : env[variable];
    if (variable === undefined || value === undefined) continue;
    result = withValue(result, key.path.split("."), value);
    variables.set(key.path, variable);
  }
  const problems: ConfigProblem[] = [];
  for (const { path, variable } of configArrays()) {
    const text = env[variable] ?? "";
    if (text === "") continue;
    variables.set(path, variable);
    const tables = readTables(text);
    if (tables === undefined) problems.push({ path, message: "must be a JSON array of objects" });
    else result = withValue(result, path.split("."), tables);
  }
  return { raw: result, variables, problems, warnings: strangeVariables(env) };
}

function readTables(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(isTable) ? value : undefined;
  } catch {
    return undefined;
  }
}

function withValue(
  table: Readonly<Record<string, unknown>>,
  path: readonly string[],
  value: unknown,
): Readonly<Record<string, unknown>> {
  const [key = "", ...rest] = path;
  if (rest.length === 0) return { ...table, [key]: value };
  const inner = table[key] ?? {};
  // A file that has something else where a table belongs keeps it, so that its error is reported.
  return isTable(inner) ? { ...table, [key]: withValue(inner, rest, value) } : table;
}

function strangeVariables(env: Environment): readonly string[] {
  const known = [...configKeys().flatMap((key) => key.variables), ...configArrays().map((array) => array.variable)];
  const sections = configTables()
    .filter((path) => !path.includes("."))
    .map((path) => `FURZE_${path.toUpperCase()}_`);
  const names = Object.keys(env)
    .filter((name) => !known.includes(name))
    .sort();
  return names.flatMap((name) => {
    if (name.startsWith("GORSE_")) return [`the environment variable ${name} has no effect: there is no such key`];
    if (!name.startsWith("FURZE_")) return [];
    const close = nearest(name, known);
    const looksLikeKey =
      sections.some((section) => name.startsWith(section)) || (close !== undefined && editDistance(name, close) <= 2);
    if (!looksLikeKey) return [];
    return [`the environment variable ${name} names no key${close === undefined ? "" : `, the nearest is ${close}`}`];
  });
}
