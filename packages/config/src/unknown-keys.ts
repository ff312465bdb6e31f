import type { ConfigProblem } from "./config-error.ts";
import { dormantPaths } from "./gorse/dormant-keys.ts";
import { version04Paths } from "./gorse/translate-v04.ts";
import { configKeys, configTables } from "./keys.ts";
import { nearest } from "./nearest.ts";
import { formatPath, isTable } from "./paths.ts";

/** What to say about a key that the schema does not have. */
export function unknownKey(path: readonly PropertyKey[]): ConfigProblem {
  const own = [...configKeys().map((key) => key.path.replaceAll("[]", "")), ...configTables()];
  const close = nearestPath(plainPath(path), [...own, ...dormantPaths(), ...version04Paths()]);
  const message = close === undefined ? "unknown key" : `unknown key, did you mean ${close}?`;
  return { path: formatPath(path), message };
}

/** The key itself, or when it is a table that only Gorse has, what is in it: known keys of such tables have been taken out. */
export function unknownPaths(path: readonly PropertyKey[], raw: unknown): readonly (readonly PropertyKey[])[] {
  const value = path.reduce<unknown>((table, key) => (table as Record<PropertyKey, unknown> | undefined)?.[key], raw);
  const prefix = `${plainPath(path)}.`;
  const isForeign = [...dormantPaths(), ...version04Paths()].some((known) => known.startsWith(prefix));
  return isForeign && isTable(value) ? Object.keys(value).map((key) => [...path, key]) : [path];
}

function plainPath(path: readonly PropertyKey[]): string {
  return formatPath(path.filter((part) => typeof part !== "number"));
}

/** A slip in the last part comes first, then the right name in a wrong table, then a slip anywhere. */
function nearestPath(path: string, known: readonly string[]): string | undefined {
  const cut = path.lastIndexOf(".") + 1;
  const [parent, name] = [path.slice(0, cut), path.slice(cut)];
  const siblings = known.filter((one) => one.startsWith(parent) && !one.slice(cut).includes("."));
  const sibling = nearest(
    name,
    siblings.map((one) => one.slice(cut)),
  );
  if (sibling !== undefined) return parent + sibling;
  return known.find((one) => one.endsWith(`.${name}`)) ?? nearest(path, known);
}
