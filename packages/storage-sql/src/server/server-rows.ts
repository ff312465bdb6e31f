import { randomUUID } from "node:crypto";
import { type CallOptions, checkId } from "@furze/core";
import type { Page, PageOptions } from "@furze/storage";
import { checkBatchSize, checkLimit } from "../checks.ts";
import { chunkList } from "./chunks.ts";
import { readKeyset } from "./keyset.ts";
import { readAhead } from "./read-ahead.ts";
import type { Deletion, SqlConnection } from "./sql-driver.ts";
import type { SqlSession } from "./sql-session.ts";

/** Ids in one look-up: servers plan long lists worse than short ones. */
export const ID_CHUNK = 1000;

/** How rows of a table with an id are read. */
export interface EntityReading<Row> {
  /** `SELECT ... FROM ...`; the first column is the id. */
  readonly select: string;
  readonly column: string;
  readonly toRow: (raw: readonly unknown[]) => Row;
  readonly keyOf: (row: Row) => string;
}

/** Rows aligned with the ids. */
export async function readAligned<Row>(
  session: SqlSession,
  reading: EntityReading<Row>,
  ids: readonly string[],
  options: CallOptions | undefined,
): Promise<(Row | undefined)[]> {
  if (ids.length === 0) return [];
  const byId = await session.read((connection) => readById(session, connection, reading, ids), options);
  return ids.map((id) => byId.get(id));
}

/** How rows that are asked for one by one are read: those of many callers by one query. */
export function readSingly<Row>(
  session: SqlSession,
  reading: EntityReading<Row>,
): (ids: readonly string[]) => Promise<Map<string, Row>> {
  return (ids) => session.read((connection) => readById(session, connection, reading, ids), undefined);
}

/** Rows by their ids; those that there are. */
export async function readById<Row>(
  session: SqlSession,
  connection: SqlConnection,
  reading: EntityReading<Row>,
  ids: readonly string[],
): Promise<Map<string, Row>> {
  const byId = new Map<string, Row>();
  for (const chunk of chunkList([...new Set(ids)], ID_CHUNK)) {
    const { rows } = await connection.query(`${reading.select} WHERE ${session.dialect.in(reading.column)}`, [chunk]);
    for (const raw of rows) byId.set(raw[0] as string, reading.toRow(raw));
  }
  return byId;
}

/** One page: reads a row more than asked for, whose key begins the next page. */
export async function readPage<Row, Key extends string>(
  session: SqlSession,
  reading: EntityReading<Row>,
  { from, limit, ...options }: PageOptions<Key>,
): Promise<Page<Row, Key>> {
  checkLimit(limit);
  if (from !== undefined) checkId(from, "from");
  const { select, column } = reading;
  const start = from === undefined ? undefined : [from];
  const keyset = {
    select,
    columns: [column],
    from: start,
    isInclusive: true,
    conditions: [],
    parameters: [],
    limit: limit + 1,
  };
  const rows = (await session.read((connection) => readKeyset(connection, session.dialect, keyset), options)).map(
    reading.toRow,
  );
  const beyond = rows[limit];
  if (beyond === undefined) return { rows, next: undefined };
  return { rows: rows.slice(0, limit), next: reading.keyOf(beyond) as Key };
}

/** All rows in the order of the id, one statement for each batch, the next one under way while the caller works on the last. */
export async function* scanEntities<Row>(
  session: SqlSession,
  reading: EntityReading<Row>,
  batchSize: number,
  options: CallOptions,
): AsyncIterable<readonly Row[]> {
  checkBatchSize(batchSize);
  const { select, column } = reading;
  yield* readAhead({
    batchSize,
    read: async (from: string | undefined): Promise<Row[]> => {
      const start = from === undefined ? undefined : [from];
      const keyset = { select, columns: [column], from: start, conditions: [], parameters: [], limit: batchSize };
      const raw = await session.read((connection) => readKeyset(connection, session.dialect, keyset), options);
      return raw.map(reading.toRow);
    },
    positionOf: reading.keyOf,
  });
}

/** A deletion with a version that no other has. */
export function newDeletion(table: string): Deletion {
  return { table, version: randomUUID() };
}

export interface EntityDeletion {
  readonly table: string;
  readonly feedback: string;
  readonly deletions: string;
  /** Other tables that hold rows of the entity. */
  readonly dependents?: readonly string[];
  readonly column: "user_id" | "item_id";
  readonly ids: readonly string[];
}

/** Deletes users or items with what belongs to them. @returns number that existed */
export async function deleteEntities(
  session: SqlSession,
  { table, feedback, deletions, dependents = [], column, ids }: EntityDeletion,
  options: CallOptions | undefined,
): Promise<number> {
  const unique = [...new Set(ids)].sort();
  if (unique.length === 0) return 0;
  return session.transaction(async (connection) => {
    await session.dialect.beginDeletion(connection, deletions, newDeletion(deletions).version);
    let existed = 0;
    for (const chunk of chunkList(unique, ID_CHUNK)) {
      const condition = session.dialect.in(column);
      existed += (await connection.query(`DELETE FROM ${table} WHERE ${condition}`, [chunk])).changes;
      for (const dependent of [feedback, ...dependents])
        await connection.query(`DELETE FROM ${dependent} WHERE ${condition}`, [chunk]);
    }
    return existed;
  }, options);
}

/** Rows in a table, counted, not estimated. */
export async function countRows(session: SqlSession, table: string, options: CallOptions | undefined): Promise<number> {
  const { rows } = await session.query(`SELECT count(*) FROM ${table}`, [], options);
  return Number(rows[0]?.[0]);
}

/**
 * Empties tables as one step; nothing is done when they are empty already, as it costs some file operations.
 *
 * @param deletions where there is a version to be changed with it
 */
export async function emptyTables(
  session: SqlSession,
  tables: readonly string[],
  deletions: string | undefined,
  options: CallOptions | undefined,
): Promise<void> {
  await session.read(async (connection) => {
    for (const table of tables) {
      const { rows } = await connection.query(`SELECT 1 FROM ${table} LIMIT 1`);
      if (rows.length === 0) continue;
      return session.dialect.emptyTables(connection, tables, deletions === undefined ? undefined : newDeletion(deletions));
    }
  }, options);
}

export interface ColumnChange {
  readonly column: string;
  readonly value: string | number | null;
}

/** Changes columns of one row. @returns whether there is one */
export async function patchEntity(
  connection: SqlConnection,
  { table, column, id }: { readonly table: string; readonly column: string; readonly id: string },
  changes: readonly ColumnChange[],
): Promise<boolean> {
  if (changes.length === 0) {
    return (await connection.query(`SELECT 1 FROM ${table} WHERE ${column} = ?`, [id])).rows.length > 0;
  }
  const assignments = changes.map((change) => `${change.column} = ?`).join(", ");
  const values = changes.map((change) => change.value);
  return (await connection.query(`UPDATE ${table} SET ${assignments} WHERE ${column} = ?`, [...values, id])).changes > 0;
}
