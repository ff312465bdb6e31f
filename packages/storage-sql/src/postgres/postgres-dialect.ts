import { chunkRows, sendOverlapped } from "../server/chunks.ts";
import type { ColumnKind, ColumnTypes, Insertion, SqlConnection, SqlDialect, SqlValue } from "../server/sql-driver.ts";
import { columnArray } from "./postgres-arrays.ts";
import { matchTermsVector, termsVector } from "./postgres-terms.ts";

const INSERT_CHUNK_ROWS = 4000;
const INSERT_CHUNK_SIZE = 4 << 20;

const ARRAY_TYPES: Readonly<Record<ColumnKind, string>> = {
  text: "text[]",
  integer: "bigint[]",
  double: "float8[]",
  bytes: "bytea[]",
  terms: "tsvector[]",
};

/** The "C" collation compares bytes, whatever the database's locale. */
const TYPES: ColumnTypes = {
  id: 'text COLLATE "C"',
  name: 'text COLLATE "C"',
  text: "text",
  integer: "bigint",
  double: "double precision",
  bytes: "bytea",
  terms: "tsvector",
  table: ({ name, columns, indexes = [], fullText }) => [
    // Room in each page lets an update stay beside its row, which spares all indexes.
    `CREATE TABLE IF NOT EXISTS "${name}" (${columns.join(", ")}) WITH (fillfactor = 90)`,
    ...indexes.map(([end, list]) => `CREATE INDEX IF NOT EXISTS "${name}_${end}" ON "${name}" (${list})`),
    ...(fullText === undefined
      ? []
      : [`CREATE INDEX IF NOT EXISTS "${name}_${fullText}" ON "${name}" USING gin (${fullText})`]),
  ],
};

/** One statement for each chunk of rows: the columns go over as arrays, so its text and plan are the same for any number of rows. */
async function insert(connection: SqlConnection, insertion: Insertion, rows: readonly (readonly SqlValue[])[]): Promise<void> {
  const { table, columns, key, update } = insertion;
  const names = columns.map(([name]) => name).join(", ");
  const arrays = columns.map(([, kind]) => `?::${ARRAY_TYPES[kind]}`).join(", ");
  const assignments = update?.({ stored: (column) => `stored.${column}`, given: (column) => `excluded.${column}` });
  const action =
    assignments === undefined
      ? "NOTHING"
      : `UPDATE SET ${Object.entries(assignments)
          .map(([column, value]) => `${column} = ${value}`)
          .join(", ")}`;
  const sql = `INSERT INTO ${table} AS stored (${names}) SELECT * FROM unnest(${arrays}) ON CONFLICT (${key.join(", ")}) DO ${action}`;
  await sendOverlapped(
    chunkRows(rows, INSERT_CHUNK_ROWS, INSERT_CHUNK_SIZE),
    (chunk) => columns.map(([, kind], column) => columnArray(chunk, column, kind)),
    (values) => connection.query(sql, values),
  );
}

/** The lock ends with the transaction, which undoes a migration that fails. */
async function withMigrationLock<T>(connection: SqlConnection, name: string, run: () => Promise<T>): Promise<T> {
  await connection.query("BEGIN");
  try {
    await connection.query("SELECT pg_advisory_xact_lock(hashtext(?))", [`furze ${name}`]);
    const result = await run();
    await connection.query("COMMIT");
    return result;
  } catch (error) {
    await connection.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

/** SQL of PostgreSQL. */
export const postgresDialect: SqlDialect = {
  in: (column) => `${column} = ANY(?::text[])`,
  opaque: (column) => `(${column} || '')`,
  useIndex: () => "",
  primaryKey: "",
  lockRows: "FOR KEY SHARE",
  holdRows: "",
  deletionLock: {
    shared: "SELECT pg_advisory_xact_lock_shared(hashtext(?))",
    exclusive: "SELECT pg_advisory_xact_lock(hashtext(?))",
  },
  comparesRows: true,
  categoriesOfItems: "json_array_elements_text(items.categories::json) AS listed(category)",
  first256: (expression) => `left(${expression}, 256)`,
  insert,
  insertSelected: (table, columns, query) => `INSERT INTO ${table} (${columns}) ${query} ON CONFLICT DO NOTHING`,
  deleteSome: (table, condition, limit) =>
    `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${limit}))`,
  termsValue: termsVector,
  matchTerms: matchTermsVector,
  // Which transactions can be seen: every one that writes has an id of its own.
  snapshot: "SELECT pg_current_snapshot()::text",
  columnTypes: async () => TYPES,
  emptyTables: async (connection, tables) => {
    await connection.query(`TRUNCATE TABLE ${tables.join(", ")}`);
  },
  withMigrationLock,
};
