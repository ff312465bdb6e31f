import type { SqliteSchema } from "./sqlite-migrator.ts";

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
  const tables = cacheTables(prefix);
  return {
    ledgerTable: `${prefix}cache_schema`,
    migrations: [
      {
        version: 1,
        name: "lists, values, points, overlay",
        statements: [...listTables(tables, prefix), ...overlayTables(tables, prefix)],
      },
    ],
  };
}

/** Lists keep a rowid: they are a few kilobytes each, which would make a WITHOUT ROWID tree deep. */
function listTables({ lists, values, points }: CacheTables, prefix: string): string[] {
  return [
    `CREATE TABLE ${lists} (collection TEXT NOT NULL, name TEXT NOT NULL, expires_ms INTEGER NOT NULL, value BLOB NOT NULL,
      PRIMARY KEY (collection, name))`,
    `CREATE INDEX "${prefix}cache_lists_expiry" ON ${lists} (expires_ms)`,
    `CREATE TABLE ${values} (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)`,
    `CREATE TABLE ${points} (name TEXT NOT NULL, timestamp_ms INTEGER NOT NULL, value REAL NOT NULL,
      PRIMARY KEY (name, timestamp_ms)) WITHOUT ROWID`,
  ];
}

/** The version stands in a table of its own, of one row: it must go on rising when all entries have expired. */
function overlayTables({ overlay, overlayVersion }: CacheTables, prefix: string): string[] {
  return [
    `CREATE TABLE ${overlay} (item_id TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, is_hidden INTEGER NOT NULL,
      categories TEXT, changed_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL)`,
    `CREATE INDEX "${prefix}cache_overlay_by_version" ON ${overlay} (version)`,
    `CREATE INDEX "${prefix}cache_overlay_by_expires_ms" ON ${overlay} (expires_ms)`,
    `CREATE TABLE ${overlayVersion} (version INTEGER NOT NULL)`,
    `INSERT INTO ${overlayVersion} (version) VALUES (0)`,
  ];
}
