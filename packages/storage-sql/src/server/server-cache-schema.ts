import type { ServerSchema } from "./server-migrator.ts";
import type { ColumnTypes } from "./sql-driver.ts";

/** Quoted names of the cache tables. */
export interface ServerCacheTables {
  readonly lists: string;
  readonly values: string;
  readonly points: string;
  readonly overlay: string;
  readonly overlayVersion: string;
}

export function serverCacheTables(prefix: string): ServerCacheTables {
  return {
    lists: `"${prefix}cache_lists"`,
    values: `"${prefix}cache_values"`,
    points: `"${prefix}cache_points"`,
    overlay: `"${prefix}cache_overlay"`,
    overlayVersion: `"${prefix}cache_overlay_version"`,
  };
}

/** Schema of the cache store. */
export function serverCacheSchema(prefix: string): ServerSchema {
  return {
    ledgerTable: `${prefix}cache_schema`,
    migrations: [
      {
        version: 1,
        name: "lists, values, points, overlay",
        statements: (types) => [...listTables(prefix, types), ...overlayTables(prefix, types)],
      },
    ],
  };
}

function listTables(prefix: string, { id, name, text, integer, double, bytes, table }: ColumnTypes): string[] {
  const lists = {
    name: `${prefix}cache_lists`,
    columns: [
      ...[`collection ${id} NOT NULL`, `name ${name} NOT NULL`, `expires_ms ${integer} NOT NULL`, `value ${bytes} NOT NULL`],
      "PRIMARY KEY (collection, name)",
    ],
    indexes: [["expiry", "expires_ms"]],
  } as const;
  const values = {
    name: `${prefix}cache_values`,
    columns: [`name ${id} NOT NULL`, `value ${text} NOT NULL`, "PRIMARY KEY (name)"],
  };
  const points = {
    name: `${prefix}cache_points`,
    columns: [
      ...[`name ${id} NOT NULL`, `timestamp_ms ${integer} NOT NULL`, `value ${double} NOT NULL`],
      "PRIMARY KEY (name, timestamp_ms)",
    ],
  };
  return [lists, values, points].flatMap((definition) => table(definition));
}

/** The version stands in a table of its own, of one row: it must go on rising when all entries have expired. */
function overlayTables(prefix: string, { id, text, integer, table }: ColumnTypes): string[] {
  const overlay = {
    name: `${prefix}cache_overlay`,
    columns: [
      ...[`item_id ${id} NOT NULL`, `version ${integer} NOT NULL`, `is_hidden ${integer} NOT NULL`, `categories ${text}`],
      ...[`changed_ms ${integer} NOT NULL`, `expires_ms ${integer} NOT NULL`, "PRIMARY KEY (item_id)"],
    ],
    indexes: [
      ["by_version", "version"],
      ["by_expiry", "expires_ms"],
    ],
  } as const;
  const version = {
    name: `${prefix}cache_overlay_version`,
    columns: [`only_row ${integer} NOT NULL`, `version ${integer} NOT NULL`, "PRIMARY KEY (only_row)"],
  };
  const { overlayVersion } = serverCacheTables(prefix);
  return [
    ...[overlay, version].flatMap((definition) => table(definition)),
    `INSERT INTO ${overlayVersion} (only_row, version)
      SELECT 1, 0 FROM (SELECT count(*) AS found FROM ${overlayVersion}) AS present WHERE found = 0`,
  ];
}
