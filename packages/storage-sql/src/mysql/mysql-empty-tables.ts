import type { Deletion, SqlConnection } from "../server/sql-driver.ts";

/** Up to so many rows in all, deleting them takes less time than making tables. */
const FEW_ROWS = 10_000;

/**
 * Empties tables as one step, which truncating is not: that is a step for each. Both ways wait for the transactions that have begun on
 * any of the tables, the one of the deletions among them, and keep others waiting until all are empty. Only one process may do it at a time.
 */
export async function emptyTables(connection: SqlConnection, tables: readonly string[], deletion?: Deletion): Promise<void> {
  const limited = tables.map((table) => `SELECT 1 FROM (SELECT 1 FROM ${table} LIMIT ${FEW_ROWS}) AS some`);
  const { rows } = await connection.query(`SELECT count(*) FROM (${limited.join(" UNION ALL ")}) AS found`);
  const empty = Number(rows[0]?.[0]) < FEW_ROWS ? deleteRows : swapTables;
  await empty(connection, tables, deletion);
}

/** A connection that breaks in between is rolled back and loses its locks. */
async function deleteRows(connection: SqlConnection, tables: readonly string[], deletion?: Deletion): Promise<void> {
  const locked = [...tablesOf(deletion), ...tables];
  await connection.query("SET autocommit = 0");
  try {
    await connection.query(`LOCK TABLES ${locked.map((table) => `${table} WRITE`).join(", ")}`);
    for (const table of locked) await connection.query(`DELETE FROM ${table}`);
    await writeVersion(connection, deletion?.table, deletion);
    await connection.query("COMMIT");
  } finally {
    await connection.query("ROLLBACK").catch(() => {});
    await connection.query("UNLOCK TABLES").catch(() => {});
    await connection.query("SET autocommit = 1").catch(() => {});
  }
}

/** Puts empty tables in the place of full ones: one renaming of many tables is one step. */
async function swapTables(connection: SqlConnection, tables: readonly string[], deletion?: Deletion): Promise<void> {
  const swapped = [...tablesOf(deletion), ...tables];
  const named = (end: string) => swapped.map((table) => table.replace(/"$/, `${end}"`));
  const [fresh, full] = [named("_fresh"), named("_full")];
  // A process that died in the middle may have left tables behind.
  await connection.query(`DROP TABLE IF EXISTS ${[...fresh, ...full].join(", ")}`);
  for (const [index, table] of swapped.entries()) await connection.query(`CREATE TABLE ${fresh[index]} LIKE ${table}`);
  await writeVersion(connection, fresh[0], deletion);
  const renamings = swapped.map((table, index) => `${table} TO ${full[index]}, ${fresh[index]} TO ${table}`);
  await connection.query(`RENAME TABLE ${renamings.join(", ")}`);
  await connection.query(`DROP TABLE ${full.join(", ")}`);
}

/** First, as writers begin with it. */
function tablesOf(deletion: Deletion | undefined): readonly string[] {
  return deletion === undefined ? [] : [deletion.table];
}

async function writeVersion(connection: SqlConnection, table: string | undefined, deletion?: Deletion): Promise<void> {
  if (deletion !== undefined) await connection.query(`INSERT INTO ${table} (id, version) VALUES (1, ?)`, [deletion.version]);
}
