import { chunkList, chunkRows, handled, type Sent, sendOverlapped } from "../server/chunks.ts";
import type {
  ColumnKind,
  ColumnTypes,
  Creation,
  Deletion,
  Insertion,
  SqlConnection,
  SqlDialect,
  SqlValue,
} from "../server/sql-driver.ts";
import { columnArray } from "./postgres-arrays.ts";
import { packedColumns } from "./postgres-packed.ts";
import { matchTermsVector, termsVector } from "./postgres-terms.ts";

const INSERT_CHUNK_ROWS = 2000;
const INSERT_CHUNK_SIZE = 4 << 20;
/** The server begins with a chunk as soon as it is done with the one before. */
const MAX_CHUNKS_UNDER_WAY = 2;
const CREATE_CHUNK_IDS = 5000;

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
function sendInsert(connection: SqlConnection, insertion: Insertion, rows: readonly (readonly SqlValue[])[]): Promise<Sent> {
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
  return sendOverlapped(
    chunkRows(rows, INSERT_CHUNK_ROWS, INSERT_CHUNK_SIZE),
    (chunk) => columns.map(([, kind], column) => columnArray(chunk, column, kind)),
    (values) => connection.query(sql, values),
    MAX_CHUNKS_UNDER_WAY,
  );
}

async function insert(connection: SqlConnection, insertion: Insertion, rows: readonly (readonly SqlValue[])[]): Promise<void> {
  await (await sendInsert(connection, insertion, rows)).answered;
}

/** All in one go. The look is a query for each id: joined, the ids might come out in another order, and writers lock in that order. */
async function createMissing(
  connection: SqlConnection,
  { table, column, defaults }: Creation,
  sortedIds: readonly string[],
): Promise<Sent> {
  const names = [column, ...Object.keys(defaults)].join(", ");
  const values = ["given.id", ...Object.values(defaults)].join(", ");
  const sql = `INSERT INTO ${table} (${names}) SELECT ${values} FROM unnest(?::text[]) AS given(id)
    WHERE (SELECT true FROM ${table} AS known WHERE known.${column} = given.id) IS NULL ON CONFLICT (${column}) DO NOTHING`;
  const chunks = [...chunkList(sortedIds, CREATE_CHUNK_IDS)];
  return { answered: handled(Promise.all(chunks.map((ids) => connection.query(sql, [ids])))) };
}

function nameOfLock(deletions: string): string {
  return `furze deletion ${deletions}`;
}

/**
 * A lock of the row would be a write of it. The version is read by a statement of its own, which sees what the lock has waited for, and has
 * a parameter, since only then is it prepared.
 */
async function holdDeletions(connection: SqlConnection, table: string): Promise<string> {
  const locked = connection.query("SELECT pg_advisory_xact_lock_shared(hashtext(?))", [nameOfLock(table)]);
  const [, { rows }] = await Promise.all([locked, connection.query(`SELECT version FROM ${table} WHERE id = ?`, [1])]);
  return String(rows[0]?.[0]);
}

async function beginDeletion(connection: SqlConnection, table: string, version: string): Promise<void> {
  await connection.query("SELECT pg_advisory_xact_lock(hashtext(?))", [nameOfLock(table)]);
  await connection.query(`UPDATE ${table} SET version = ? WHERE id = 1`, [version]);
}

async function emptyTables(connection: SqlConnection, tables: readonly string[], deletion?: Deletion): Promise<void> {
  const truncate = () => connection.query(`TRUNCATE TABLE ${tables.join(", ")}`);
  if (deletion === undefined) {
    await truncate();
    return;
  }
  await inTransaction(connection, async () => {
    await beginDeletion(connection, deletion.table, deletion.version);
    await truncate();
  });
}

/** The lock ends with the transaction, which undoes a migration that fails. */
function withMigrationLock<T>(connection: SqlConnection, name: string, run: () => Promise<T>): Promise<T> {
  return inTransaction(connection, async () => {
    await connection.query("SELECT pg_advisory_xact_lock(hashtext(?))", [`furze ${name}`]);
    return run();
  });
}

async function inTransaction<T>(connection: SqlConnection, run: () => Promise<T>): Promise<T> {
  await connection.query("BEGIN");
  try {
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
  holdDeletions,
  beginDeletion,
  comparesRows: true,
  categoriesOfItems: "json_array_elements_text(items.categories::json) AS listed(category)",
  first256: (expression) => `left(${expression}, 256)`,
  insert,
  sendInsert,
  createMissing,
  insertSelected: (table, columns, query) => `INSERT INTO ${table} (${columns}) ${query} ON CONFLICT DO NOTHING`,
  deleteSome: (table, condition, limit) =>
    `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${limit}))`,
  termsValue: termsVector,
  matchTerms: matchTermsVector,
  // Which transactions can be seen: every one that writes has an id of its own.
  packed: packedColumns,
  snapshot: "SELECT pg_current_snapshot()::text",
  columnTypes: async () => TYPES,
  emptyTables,
  withMigrationLock,
};
