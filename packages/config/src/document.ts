import { parse, TomlError } from "smol-toml";
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { locateKeys, type TextPosition } from "./locate.ts";
import { isTable } from "./paths.ts";

export type ConfigFormat = "toml" | "yaml" | "json";

/** Values of a file and where they stand. */
export interface ConfigDocument {
  /** Keys in lower case: their names are case-insensitive, as in Gorse. Those whose value is null are left out. */
  readonly raw: Record<string, unknown>;
  readonly problems: readonly ConfigProblem[];
  /** By dotted path, found when they are wanted. */
  positions(): ReadonlyMap<string, TextPosition>;
}

/** What a file's name says of its format; TOML unless it ends in `.yaml`, `.yml` or `.json`. */
export function formatOf(file: string): ConfigFormat {
  const [, ending] = /\.(yaml|yml|json)$/i.exec(file) ?? [];
  if (ending === undefined) return "toml";
  return ending.toLowerCase() === "json" ? "json" : "yaml";
}

/** @throws {ConfigError} when the text is not of the format, with the position of the first fault */
export function parseConfigText(text: string, format: ConfigFormat): ConfigDocument {
  const plain = text.replace(/^\uFEFF/, "");
  const { values, positions } = format === "toml" ? readToml(plain) : readYaml(plain, format);
  const problems: ConfigProblem[] = [];
  const raw = lowerKeys(values, "", problems);
  return { raw, problems, positions };
}

interface ReadText {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positions: () => ReadonlyMap<string, TextPosition>;
}

function readToml(text: string): ReadText {
  try {
    return { values: parse(text), positions: () => locateKeys(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [message = ""] = error.message.split("\n");
    const { line, column } = error;
    const problem = { path: "", message: message.replace("Invalid TOML document: ", "not valid TOML: "), line, column };
    throw new ConfigError([problem], { cause: error });
  }
}

/** YAML 1.2, of which JSON is a part. */
function readYaml(text: string, format: ConfigFormat): ReadText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const place = (offset: number): TextPosition => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const name = format.toUpperCase();
  const [error] = document.errors;
  if (error !== undefined) {
    throw new ConfigError([{ path: "", message: `not valid ${name}: ${error.message}`, ...place(error.pos[0]) }], {
      cause: error,
    });
  }
  const values: unknown = document.toJS() ?? {};
  if (!isTable(values))
    throw new ConfigError([{ path: "", message: `not a configuration: the ${name} must be a table of keys` }]);
  const positions = () => {
    const found = new Map<string, TextPosition>();
    locateNodes(document.contents, "", (path, offset) => found.set(path, place(offset)));
    return found;
  };
  return { values, positions };
}

function locateNodes(node: Node | null, path: string, record: (path: string, offset: number) => void): void {
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const name = String(key.value).toLowerCase();
      const inner = path === "" ? name : `${path}.${name}`;
      record(inner, key.range?.[0] ?? 0);
      locateNodes(value as Node | null, inner, record);
    }
  } else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const element = item as Node;
      if (!isAlias(element)) record(`${path}[${index}]`, element.range?.[0] ?? 0);
      locateNodes(element, `${path}[${index}]`, record);
    }
  }
}

function lowerKeys(table: Readonly<Record<string, unknown>>, path: string, problems: ConfigProblem[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(table)) {
    // A key without a value, as YAML may have it, and what programs in Go write for a list that they have not.
    if (value === null) continue;
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
