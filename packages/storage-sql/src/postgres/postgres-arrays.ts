import type { ColumnKind, SqlValue } from "../server/sql-driver.ts";

const SPECIAL = /["\\]/g;

function quoted(text: string): string {
  return text.includes('"') || text.includes("\\") ? `"${text.replace(SPECIAL, "\\$&")}"` : `"${text}"`;
}

/** Text of an array, which the server casts. */
export function textArray(values: readonly string[]): string {
  return `{${values.map(quoted).join(",")}}`;
}

/** One column of rows as the text of an array. */
export function columnArray(rows: readonly (readonly SqlValue[])[], column: number, kind: ColumnKind): string {
  const parts: string[] = [];
  for (const row of rows) {
    const value = row[column] ?? null;
    if (value === null) parts.push("NULL");
    else if (kind === "bytes") parts.push(`"\\\\x${(value as Buffer).toString("hex")}"`);
    else parts.push(kind === "text" || kind === "terms" ? quoted(value as string) : String(value));
  }
  return `{${parts.join(",")}}`;
}
