import type { JsonValue } from "@furze/core";

/** Labels as stored: SQL NULL for null, which is what most rows have. */
export function toJson(value: JsonValue): string | null {
  return value === null ? null : JSON.stringify(value);
}

export function parseJson(text: string | null): JsonValue {
  return text === null ? null : (JSON.parse(text) as JsonValue);
}

/** Categories as stored: a JSON list without repetitions. */
export function toCategories(categories: readonly string[]): string {
  return categories.length === 0 ? "[]" : JSON.stringify([...new Set(categories)]);
}

export function parseCategories(text: string): readonly string[] {
  return text === "[]" ? [] : (JSON.parse(text) as string[]);
}
