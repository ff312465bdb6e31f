import type { CallOptions } from "@furze/core";
import { SchemaTooNewError } from "@furze/storage";
import type { ColumnTypes } from "./sql-driver.ts";
import type { SqlSession } from "./sql-session.ts";

/** One step of a schema. Steps are never edited after a release; the next change is the next step. */
export interface ServerMigration {
  /** 1, 2, 3, ... without gaps. */
  readonly version: number;
  readonly name: string;
  /** Each may run again after a crash in the middle of the step: some servers cannot undo them. */
  readonly statements: (types: ColumnTypes) => readonly string[];
}

export interface ServerSchema {
  /** Table that holds which steps have run. */
  readonly ledgerTable: string;
  readonly migrations: readonly ServerMigration[];
}

/**
 * Runs the steps that have not run yet, while no other process does.
 *
 * @throws {SchemaTooNewError} when the ledger knows a step that this release does not
 */
export async function migrateServer(
  session: SqlSession,
  schema: ServerSchema,
  options: CallOptions | undefined,
): Promise<void> {
  const { ledgerTable: ledger, migrations } = schema;
  const supported = migrations.at(-1)?.version ?? 0;
  await session.read(async (connection) => {
    await session.dialect.withMigrationLock(connection, ledger, async () => {
      const types = await session.dialect.columnTypes(connection);
      const columns = [`version ${types.integer} PRIMARY KEY`, `name ${types.id} NOT NULL`];
      for (const statement of types.table({ name: ledger, columns })) await connection.query(statement);
      const { rows } = await connection.query(`SELECT coalesce(max(version), 0) FROM "${ledger}"`);
      const found = Number(rows[0]?.[0]);
      if (found > supported) throw new SchemaTooNewError(found, supported);
      for (const migration of migrations) {
        if (migration.version <= found) continue;
        for (const statement of migration.statements(types)) await connection.query(statement);
        await connection.query(`INSERT INTO "${ledger}" (version, name) VALUES (?, ?)`, [migration.version, migration.name]);
      }
    });
  }, options);
}
