import type { PackedColumns } from "../server/sql-driver.ts";

/** Numbers and texts as `send` functions of PostgreSQL write them, one behind the other. */
export const packedColumns: PackedColumns = {
  texts: (column) => `string_agg(${column}, '')`,
  lengths: (column) => `string_agg(int2send(octet_length(${column})::int2), ''::bytea)`,
  doubles: (column) => `string_agg(float8send(${column}), ''::bytea)`,
  integers: (column) => `string_agg(int8send(${column}), ''::bytea)`,
};
