import { readFileSync } from "node:fs";
import { parse, TomlError } from "smol-toml";
import { crossChecks } from "./checks.ts";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { hostWarnings, withHosts } from "./hosts.ts";
import { locateKeys, type TextPosition } from "./locate.ts";
import { formatPath, isTable } from "./paths.ts";
import { configSection } from "./schema.ts";
import type { FurzeConfig } from "./types.ts";
import { unknownKeyMessage } from "./unknown-keys.ts";
import { overlayVariables } from "./variables.ts";

export interface LoadConfigOptions {
  /** Path of a TOML file. */
  readonly file?: string | undefined;
  /** TOML text, instead of a file. */
  readonly text?: string | undefined;
  /** Environment variables, default none: pass `process.env` to use the real ones. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

export interface LoadedConfig {
  readonly config: FurzeConfig;
  /** Things that work but are worth a line at start. */
  readonly warnings: readonly string[];
}

/**
 * Reads the configuration: environment variables win over the file, the file wins over the defaults. Without file and text
 * there are the defaults and the environment.
 *
 * @throws {ConfigError} with all problems of the file and the environment at once
 */
export function loadConfig(options: LoadConfigOptions): LoadedConfig {
  const text = options.text ?? (options.file === undefined ? "" : readConfigFile(options.file));
  const problems: ConfigProblem[] = [];
  const raw = lowerKeys(parseToml(text), "", problems);
  const overlay = overlayVariables(raw, options.env ?? {});
  const config = validate(overlay.raw, problems);
  if (config === undefined) throw new ConfigError(withPlaces(problems, locateKeys(text), overlay.variables));
  return { config, warnings: [...overlay.warnings, ...hostWarnings(config)] };
}

/** Validates values that were read elsewhere, such as JSON. */
export function validateConfig(values: unknown): FurzeConfig {
  const problems: ConfigProblem[] = [];
  const raw = isTable(values) ? values : {};
  if (raw !== values) problems.push({ path: "", message: "the configuration must be an object" });
  const config = validate(raw, problems);
  if (config === undefined) throw new ConfigError(problems);
  return config;
}

function validate(raw: Readonly<Record<string, unknown>>, problems: ConfigProblem[]): FurzeConfig | undefined {
  const parsed = configSection.schema.safeParse(raw);
  for (const issue of parsed.error?.issues ?? []) {
    const path = issue.path;
    if (issue.code === "unrecognized_keys") {
      const unknown = issue.keys.map((key) => [...path, key]);
      problems.push(...unknown.map((full) => ({ path: formatPath(full), message: unknownKeyMessage(full) })));
    } else if (issue.code === "invalid_type") {
      const wanted = issue.expected === "array" ? "an array of tables" : "a table";
      problems.push({ path: formatPath(path), message: `${formatPath(path.slice(-1))} must be ${wanted}` });
    } else {
      problems.push({ path: formatPath(path), message: issue.message });
    }
  }
  problems.push(...crossChecks(raw));
  return parsed.data === undefined || problems.length > 0 ? undefined : complete(parsed.data);
}

function complete(config: FurzeConfig): FurzeConfig {
  const { database } = config;
  const { tablePrefix } = database;
  return withHosts({
    ...config,
    database: {
      ...database,
      dataTablePrefix: database.dataTablePrefix === "" ? tablePrefix : database.dataTablePrefix,
      cacheTablePrefix: database.cacheTablePrefix === "" ? tablePrefix : database.cacheTablePrefix,
    },
  });
}

function readConfigFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError([{ path: "", message: readFailure(file, error) }], { cause: error });
  }
}

/** What to say about a file that could not be read. */
export function readFailure(file: string, error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return `the config file ${file} does not exist`;
  if (code === "EISDIR") return `the config file ${file} is a directory, name the file in it`;
  if (code === "EACCES" || code === "EPERM") return `the config file ${file} may not be read by this user`;
  return `the config file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

function parseToml(text: string): Readonly<Record<string, unknown>> {
  try {
    return parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [message = ""] = error.message.split("\n");
    const { line, column } = error;
    const problem = { path: "", message: message.replace("Invalid TOML document: ", "not valid TOML: "), line, column };
    throw new ConfigError([problem], { cause: error });
  }
}

/** Names of keys are case-insensitive, as in Gorse. */
function lowerKeys(table: Readonly<Record<string, unknown>>, path: string, problems: ConfigProblem[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(table)) {
    const lower = key.toLowerCase();
    const full = path === "" ? lower : `${path}.${lower}`;
    if (Object.hasOwn(result, lower)) problems.push({ path: full, message: "set twice, in different case" });
    result[lower] = lowerValue(value, full, problems);
  }
  return result;
}

function lowerValue(value: unknown, path: string, problems: ConfigProblem[]): unknown {
  if (Array.isArray(value)) return value.map((element, index) => lowerValue(element, `${path}[${index}]`, problems));
  return isTable(value) ? lowerKeys(value, path, problems) : value;
}

/** Adds where each problem is: the variable that holds the value, or the nearest enclosing thing in the file. */
function withPlaces(
  problems: readonly ConfigProblem[],
  positions: ReadonlyMap<string, TextPosition>,
  variables: ReadonlyMap<string, string>,
): readonly ConfigProblem[] {
  const placed = problems.map((problem): ConfigProblem => {
    const variable = variables.get(problem.path.replace(/\[\d+\]$/, ""));
    if (variable !== undefined) return { ...problem, variable };
    for (let { path } = problem; path !== ""; path = path.replace(/(?:\[\d+\]|(?:^|\.)[^.[\]]*)$/, "")) {
      const position = positions.get(path);
      if (position !== undefined) return { ...problem, ...position };
    }
    return problem;
  });
  // In the order of the file, so that the list can be worked off from the top; those of variables come first.
  return placed.sort((left, right) => (left.line ?? 0) - (right.line ?? 0));
}
