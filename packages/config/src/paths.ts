/** Dotted form of a path, with indexes in brackets: `recommend.non-personalized[0].score`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((joined, part) => {
    if (typeof part === "number") return `${joined}[${part}]`;
    return joined === "" ? String(part) : `${joined}.${String(part)}`;
  }, "");
}

export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
