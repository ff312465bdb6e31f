import { UnavailableError } from "@furze/core";
import { chunkList, chunkRows, handled, type Sent, sendOverlapped } from "../server/chunks.ts";
import type { ColumnTypes, Creation, Insertion, SqlConnection, SqlDialect, SqlValue } from "../server/sql-driver.ts";
import { emptyTables } from "./mysql-empty-tables.ts";
import { matchTermsText, termsText } from "./mysql-terms.ts";

const INSERT_CHUNK_ROWS = 2000;
/** Well below the smallest `max_allowed_packet` in use (4 MiB), also when all of it is escaped and in three-byte characters. */
const INSERT_CHUNK_SIZE = 600_000;
/** Servers plan long lists worse than short ones. */
const CREATE_CHUNK_IDS = 1000;
const MIGRATION_LOCK_SECONDS = 60;
const LOCK_ROWS = "LOCK IN SHARE MODE";

/** Text compares by code points, which is the order of UTF-8 bytes, and "a" is not "a ": the two servers call that differently. */
async function columnTypes(connection: SqlConnection): Promise<ColumnTypes> {
  const { rows } = await connection.query("SELECT VERSION()");
  const collation = String(rows[0]?.[0]).includes("MariaDB") ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin";
  const charset = `CHARACTER SET utf8mb4 COLLATE ${collation}`;
  return {
    id: `varchar(256) ${charset}`,
    name: `varchar(512) ${charset}`,
    text: `longtext ${charset}`,
    integer: "bigint",
    double: "double",
    bytes: "longblob",
    terms: "longtext CHARACTER SET ascii COLLATE ascii_bin",
    table: ({ name, columns, indexes = [], fullText }) => {
      const parts = [...columns, ...indexes.map(([end, list]) => `INDEX "${name}_${end}" (${list})`)];
      if (fullText !== undefined) parts.push(`FULLTEXT INDEX "${name}_${fullText}" (${fullText})`);
      return [`CREATE TABLE IF NOT EXISTS "${name}" (${parts.join(", ")}) ENGINE=InnoDB ROW_FORMAT=DYNAMIC`];
    },
  };
}

/** One statement for each chunk of rows, all values in its text: parsing it costs less than binding that many parameters. */
function sendInsert(connection: SqlConnection, insertion: Insertion, rows: readonly (readonly SqlValue[])[]): Promise<Sent> {
  const { table, columns, update } = insertion;
  const names = columns.map(([name]) => name).join(", ");
  const assignments = update?.({ stored: (column) => column, given: (column) => `VALUES(${column})` });
  const action =
    assignments === undefined
      ? ""
      : ` ON DUPLICATE KEY UPDATE ${Object.entries(assignments)
          .map(([column, value]) => `${column} = ${value}`)
          .join(", ")}`;
  const start = `INSERT ${assignments === undefined ? "IGNORE " : ""}INTO ${table} (${names}) VALUES `;
  return sendOverlapped(
    chunkRows(rows, INSERT_CHUNK_ROWS, INSERT_CHUNK_SIZE),
    (chunk) => `${start}${rowLiterals(chunk)}${action}`,
    (sql) => connection.query(sql),
  );
}

async function insert(connection: SqlConnection, insertion: Insertion, rows: readonly (readonly SqlValue[])[]): Promise<void> {
  await (await sendInsert(connection, insertion, rows)).answered;
}

/** A lock of the row is a matter of memory only. */
async function holdDeletions(connection: SqlConnection, table: string): Promise<string> {
  const { rows } = await connection.query(`SELECT version FROM ${table} WHERE id = 1 ${LOCK_ROWS}`);
  return String(rows[0]?.[0]);
}

async function beginDeletion(connection: SqlConnection, table: string, version: string): Promise<void> {
  await connection.query(`UPDATE ${table} SET version = ? WHERE id = 1`, [version]);
}

async function createMissing(
  connection: SqlConnection,
  { table, column, defaults }: Creation,
  sortedIds: readonly string[],
): Promise<Sent> {
  const names = [column, ...Object.keys(defaults)].join(", ");
  const look = `SELECT ${column} FROM ${table} WHERE ${column} IN (?)`;
  const others = ["", ...Object.values(defaults)].join(",");
  const inserted: Promise<unknown>[] = [];
  for (const ids of chunkList(sortedIds, CREATE_CHUNK_IDS)) {
    const known = new Set((await connection.query(look, [ids])).rows.map(([id]) => id));
    const missing = ids.filter((id) => !known.has(id));
    if (missing.length === 0) continue;
    const rows = missing.map((id) => `(${literal(id)}${others})`).join(",");
    inserted.push(handled(connection.query(`INSERT IGNORE INTO ${table} (${names}) VALUES ${rows}`)));
  }
  return { answered: handled(Promise.all(inserted)) };
}

/** One text grows by each value, which takes half the time of joining lists of texts. */
function rowLiterals(rows: readonly (readonly SqlValue[])[]): string {
  let text = "";
  for (const row of rows) {
    let separator = text === "" ? "(" : ",(";
    for (const value of row) {
      text += separator;
      text += literal(value);
      separator = ",";
    }
    text += ")";
  }
  return text;
}

const SPECIAL = /[\\']/;
const EACH_SPECIAL = /[\\']/g;

function literal(value: SqlValue): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return `'${SPECIAL.test(value) ? value.replace(EACH_SPECIAL, "\\$&") : value}'`;
  if (value instanceof Uint8Array) return `X'${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}'`;
  return String(value);
}

/** The lock belongs to the connection, and goes with it when the process dies. Statements that define tables cannot be undone. */
async function withMigrationLock<T>(connection: SqlConnection, name: string, run: () => Promise<T>): Promise<T> {
  const lock = "SHA1(CONCAT('furze/', DATABASE(), '/', ?))";
  const { rows } = await connection.query(`SELECT GET_LOCK(${lock}, ${MIGRATION_LOCK_SECONDS})`, [name]);
  if (rows[0]?.[0] !== 1) throw new UnavailableError("Another process has been migrating the schema for too long.");
  try {
    return await run();
  } finally {
    await connection.query(`SELECT RELEASE_LOCK(${lock})`, [name]).catch(() => {});
  }
}

/** SQL of MySQL 8 and MariaDB 10.6 and newer. */
export const mysqlDialect: SqlDialect = {
  in: (column) => `${column} IN (?)`,
  opaque: (column) => `CONCAT(${column})`,
  useIndex: (index) => `FORCE INDEX (${index})`,
  primaryKey: "PRIMARY",
  lockRows: LOCK_ROWS,
  holdDeletions,
  beginDeletion,
  comparesRows: false,
  categoriesOfItems: "JSON_TABLE(items.categories, '$[*]' COLUMNS (category longtext PATH '$')) AS listed",
  first256: (expression) => `LEFT(${expression}, 256)`,
  insert,
  sendInsert,
  createMissing,
  insertSelected: (table, columns, query) => `INSERT IGNORE INTO ${table} (${columns}) ${query}`,
  deleteSome: (table, condition, limit) => `DELETE FROM ${table} WHERE ${condition} LIMIT ${limit}`,
  termsValue: termsText,
  matchTerms: matchTermsText,
  columnTypes,
  emptyTables: (connection, tables, deletion) =>
    withMigrationLock(connection, `purge ${tables[0]}`, () => emptyTables(connection, tables, deletion)),
  withMigrationLock,
};
