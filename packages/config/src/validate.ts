import { crossChecks } from "./checks.ts";
import type { ConfigProblem } from "./config-error.ts";
import { withHosts } from "./hosts.ts";
import { formatPath, isTable } from "./paths.ts";
import { configSection } from "./schema.ts";
import type { FurzeConfig } from "./types.ts";

export type KeyPath = readonly PropertyKey[];

export interface CheckedConfig {
  /** Absent when there are problems or unknown keys. */
  readonly config: FurzeConfig | undefined;
  /** All but the unknown keys. */
  readonly problems: readonly ConfigProblem[];
  readonly unknownKeys: readonly KeyPath[];
}

/** Checks the values of all keys, and those that depend on each other, and fills in what is absent. */
export function checkConfig(raw: Readonly<Record<string, unknown>>): CheckedConfig {
  const parsed = configSection.schema.safeParse(raw);
  const problems: ConfigProblem[] = [];
  const unknownKeys: KeyPath[] = [];
  for (const issue of parsed.error?.issues ?? []) {
    const path = issue.path;
    if (issue.code === "unrecognized_keys") {
      unknownKeys.push(...issue.keys.map((key) => [...path, key]));
    } else if (issue.code === "invalid_type") {
      const wanted = issue.expected === "array" ? "an array of tables" : "a table";
      problems.push({ path: formatPath(path), message: `${formatPath(path.slice(-1))} must be ${wanted}` });
    } else {
      problems.push({ path: formatPath(path), message: issue.message });
    }
  }
  problems.push(...crossChecks(raw));
  const isGood = parsed.data !== undefined && problems.length === 0;
  return { config: isGood ? complete(parsed.data) : undefined, problems, unknownKeys };
}

/** Values without the keys of these paths. */
export function withoutKeys(raw: Readonly<Record<string, unknown>>, paths: readonly KeyPath[]): Record<string, unknown> {
  const copy = structuredClone(raw) as Record<string, unknown>;
  for (const path of paths) {
    const table = path
      .slice(0, -1)
      .reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], copy);
    if (isTable(table)) delete (table as Record<PropertyKey, unknown>)[path.at(-1) ?? ""];
  }
  return copy;
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
