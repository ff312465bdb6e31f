import type { OrderValue, SqlConnection, SqlDialect, SqlResult, SqlValue } from "./sql-driver.ts";

/** Rows in the order of columns that identify them, from a position on. */
export interface KeysetReading {
  /** `SELECT ... FROM ...`, up to WHERE. */
  readonly select: string;
  readonly columns: readonly string[];
  readonly isDescending?: boolean | undefined;
  /** Where to begin; absent: at the start. */
  readonly from?: readonly OrderValue[] | undefined;
  /** Whether the row at the position counts. */
  readonly isInclusive?: boolean | undefined;
  /** Further conditions, with the parameters of each; may be empty. */
  readonly conditions: readonly string[];
  readonly parameters: readonly SqlValue[];
  readonly limit: number;
}

interface Range {
  readonly sql: string;
  readonly parameters: readonly OrderValue[];
}

/** Reads up to `limit` rows. Cost: O(limit) whatever the position, as each range is a stretch of the index. */
export async function readKeyset(
  connection: SqlConnection,
  dialect: SqlDialect,
  reading: KeysetReading,
): Promise<SqlResult["rows"]> {
  const direction = reading.isDescending ? " DESC" : "";
  const order = reading.columns.map((column) => `${column}${direction}`).join(", ");
  const rows: (readonly unknown[])[] = [];
  for (const range of ranges(dialect, reading)) {
    const where = [range.sql, ...reading.conditions].filter((condition) => condition !== "");
    const sql = `${reading.select}${where.length === 0 ? "" : ` WHERE ${where.join(" AND ")}`} ORDER BY ${order} LIMIT ?`;
    const result = await connection.query(sql, [...range.parameters, ...reading.parameters, reading.limit - rows.length]);
    rows.push(...result.rows);
    if (rows.length >= reading.limit) break;
  }
  return rows;
}

/** The position as one comparison of rows, or as one range for each column: equal in those before it and beyond in this one. */
function ranges(dialect: SqlDialect, { columns, from, isDescending, isInclusive }: KeysetReading): Range[] {
  if (from === undefined) return [{ sql: "", parameters: [] }];
  const beyond = isDescending ? "<" : ">";
  const orEqual = isInclusive ? "=" : "";
  if (dialect.comparesRows || columns.length === 1) {
    const marks = columns.map(() => "?").join(", ");
    return [{ sql: `(${columns.join(", ")}) ${beyond}${orEqual} (${marks})`, parameters: from }];
  }
  return columns.map((_, index) => {
    const last = columns.length - 1 - index;
    const parts = columns.slice(0, last + 1).map((column, position) => {
      if (position < last) return `${column} = ?`;
      return `${column} ${beyond}${index === 0 ? orEqual : ""} ?`;
    });
    return { sql: parts.join(" AND "), parameters: from.slice(0, last + 1) };
  });
}
