import { sql } from "kysely";
import type { SqliteSchema } from "./sqlite-migrator.ts";
import { schemaBuilder } from "./sqlite-schema-builder.ts";

/** Quoted names of the cache tables. */
export interface CacheTables {
  readonly lists: string;
  readonly values: string;
  readonly points: string;
  readonly overlay: string;
  readonly overlayVersion: string;
}

export function cacheTables(prefix: string): CacheTables {
  return {
    lists: `"${prefix}cache_lists"`,
    values: `"${prefix}cache_values"`,
    points: `"${prefix}cache_points"`,
    overlay: `"${prefix}cache_overlay"`,
    overlayVersion: `"${prefix}cache_overlay_version"`,
  };
}

/** Schema of the cache store. */
export function cacheSchema(prefix: string): SqliteSchema {
  return {
    ledgerTable: `${prefix}cache_schema`,
    migrations: [
      { version: 1, name: "lists, values, points, overlay", statements: [...listTables(prefix), ...overlayTables(prefix)] },
    ],
  };
}

/** Lists keep a rowid: they are a few kilobytes each, which would make a WITHOUT ROWID tree deep. */
function listTables(prefix: string): string[] {
  const lists = schemaBuilder
    .createTable(`${prefix}cache_lists`)
    .addColumn("collection", "text", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("expires_ms", "integer", (column) => column.notNull())
    .addColumn("value", "blob", (column) => column.notNull())
    .addPrimaryKeyConstraint(`${prefix}cache_lists_key`, ["collection", "name"]);
  const listsExpiry = schemaBuilder.createIndex(`${prefix}cache_lists_expiry`).on(`${prefix}cache_lists`).column("expires_ms");
  const values = schemaBuilder
    .createTable(`${prefix}cache_values`)
    .addColumn("name", "text", (column) => column.primaryKey().notNull())
    .addColumn("value", "text", (column) => column.notNull());
  const points = schemaBuilder
    .createTable(`${prefix}cache_points`)
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("timestamp_ms", "integer", (column) => column.notNull())
    .addColumn("value", "real", (column) => column.notNull())
    .addPrimaryKeyConstraint(`${prefix}cache_points_key`, ["name", "timestamp_ms"])
    .modifyEnd(sql`without rowid`);
  return [lists, listsExpiry, values, points].map((statement) => statement.compile().sql);
}

/** The version stands in a table of its own, of one row: it must go on rising when all entries have expired. */
function overlayTables(prefix: string): string[] {
  const overlay = schemaBuilder
    .createTable(`${prefix}cache_overlay`)
    .addColumn("item_id", "text", (column) => column.primaryKey().notNull())
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("is_hidden", "integer", (column) => column.notNull())
    .addColumn("categories", "text")
    .addColumn("changed_ms", "integer", (column) => column.notNull())
    .addColumn("expires_ms", "integer", (column) => column.notNull());
  const index = (column: string) =>
    schemaBuilder.createIndex(`${prefix}cache_overlay_by_${column}`).on(`${prefix}cache_overlay`).column(column);
  const version = schemaBuilder
    .createTable(`${prefix}cache_overlay_version`)
    .addColumn("version", "integer", (column) => column.notNull());
  return [
    ...[overlay, index("version"), index("expires_ms"), version].map((statement) => statement.compile().sql),
    `INSERT INTO ${cacheTables(prefix).overlayVersion} (version) VALUES (0)`,
  ];
}
