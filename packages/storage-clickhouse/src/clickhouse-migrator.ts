import { SchemaTooNewError } from "@furze/storage";
import { type ClickhouseTables, clickhouseSchema } from "./clickhouse-schema.ts";
import type { ClickhouseCalls } from "./clickhouse-session.ts";
import { quote } from "./sql-text.ts";

/**
 * Runs the steps that have not run yet. ClickHouse has no locks to keep starters apart, so they need not be: every statement may
 * run again (`IF NOT EXISTS`), each is atomic by itself, and a step that two starters enter in the ledger counts once.
 *
 * @throws {SchemaTooNewError} when the ledger knows a step that this release does not
 */
export async function migrateClickhouse(calls: ClickhouseCalls, tables: ClickhouseTables): Promise<void> {
  const { ledger } = tables;
  const migrations = clickhouseSchema(tables);
  const supported = migrations.at(-1)?.version ?? 0;
  await calls.command(
    `CREATE TABLE IF NOT EXISTS ${ledger} (version UInt32, name String) ENGINE = ReplacingMergeTree ORDER BY version`,
  );
  const [row] = await calls.rows<{ found: number }>(`SELECT max(version) AS found FROM ${ledger}`);
  const found = row?.found ?? 0;
  if (found > supported) throw new SchemaTooNewError(found, supported);
  for (const { version, name, statements } of migrations) {
    if (version <= found) continue;
    for (const statement of statements) await calls.command(statement);
    await calls.command(`INSERT INTO ${ledger} (version, name) VALUES (${version}, ${quote(name)})`);
  }
}
