import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { MASK } from "./mask-text.ts";
import { isTable } from "./paths.ts";

/**
 * Values in which each text that stands in `from` is replaced by the one at its place in `to`. Tables of an array belong
 * together by their names, other entries by their places.
 */
export function exchange(values: unknown, from: unknown, to: unknown): unknown {
  if (isTable(values) && isTable(from) && isTable(to)) {
    return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, exchange(value, from[key], to[key])]));
  }
  if (Array.isArray(values) && Array.isArray(from) && Array.isArray(to)) {
    return values.map((value, index) => {
      const place = placeIn(from, value, index);
      return exchange(value, from[place], to[place]);
    });
  }
  return typeof values === "string" && typeof to === "string" && values === from ? to : values;
}

function placeIn(list: readonly unknown[], value: unknown, index: number): number {
  if (!isTable(value) || typeof value.name !== "string") return index;
  return list.findIndex((one) => isTable(one) && one.name === value.name);
}

/** @throws {ConfigError} for texts that hold the mask of a secret in place of the secret */
export function refuseMasks(values: unknown, path: string): void {
  const problems = masked(values, path);
  if (problems.length > 0) throw new ConfigError(problems);
}

function masked(value: unknown, path: string): readonly ConfigProblem[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => masked(one, `${path}[${index}]`));
  if (isTable(value)) return Object.entries(value).flatMap(([key, one]) => masked(one, `${path}.${key}`));
  if (typeof value !== "string" || !value.includes(MASK)) return [];
  return [{ path, message: "holds the mask of a secret that is not known here: write the secret itself" }];
}
