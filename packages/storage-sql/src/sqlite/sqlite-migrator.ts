import type { CallOptions } from "@furze/core";
import { SchemaTooNewError } from "@furze/storage";
import type { SqliteConnection } from "./sqlite-connection.ts";
import type { SqliteSession } from "./sqlite-session.ts";

/** One step of a schema. Steps are never edited after a release; the next change is the next step. */
export interface SqliteMigration {
  /** 1, 2, 3, ... without gaps. */
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
}

export interface SqliteSchema {
  /** Table that holds which steps have run. */
  readonly ledgerTable: string;
  readonly migrations: readonly SqliteMigration[];
}

/**
 * Runs the steps that have not run yet. All of them share one write transaction, which is the lock against other processes.
 *
 * @throws {SchemaTooNewError} when the ledger knows a step that this release does not
 */
export async function migrateSqlite(
  session: SqliteSession,
  schema: SqliteSchema,
  options: CallOptions | undefined,
): Promise<void> {
  const supported = schema.migrations.at(-1)?.version ?? 0;
  await session.writeSliced(function* (connection) {
    connection.execute(`CREATE TABLE IF NOT EXISTS "${schema.ledgerTable}" (version INTEGER PRIMARY KEY, name TEXT NOT NULL)`);
    const found = readVersion(connection, schema.ledgerTable);
    if (found > supported) throw new SchemaTooNewError(found, supported);
    for (const migration of schema.migrations) {
      if (migration.version <= found) continue;
      for (const statement of migration.statements) connection.execute(statement);
      connection
        .prepare(`INSERT INTO "${schema.ledgerTable}" (version, name) VALUES (?, ?)`)
        .run(migration.version, migration.name);
      yield;
    }
  }, options);
}

function readVersion(connection: SqliteConnection, ledgerTable: string): number {
  const [version] = connection.prepare(`SELECT coalesce(max(version), 0) FROM "${ledgerTable}"`).get() as [number];
  return version;
}
