import type { ItemId } from "@furze/core";
import type { LatestItemsOptions } from "@furze/storage";
import { checkLimit } from "../checks.ts";
import type { SqliteConnection, SqlValue } from "./sqlite-connection.ts";
import type { DataTables } from "./sqlite-data-schema.ts";

/**
 * Ids of the newest visible items. Walks an index that is in the right order already and stops at the last item wanted.
 * With several categories it walks the first and probes the others, so the rarest is best given first.
 */
export function readLatest(connection: SqliteConnection, tables: DataTables, options: LatestItemsOptions): ItemId[] {
  checkLimit(options.limit);
  let toSkip = options.offset ?? 0;
  checkLimit(toSkip);
  const itemIds: ItemId[] = [];
  if (options.limit === 0) return itemIds;
  const { sql, parameters } = latestQuery(tables, options);
  for (const row of connection.prepare(sql).iterate(...parameters)) {
    const [itemId] = row as [string];
    if (options.exclude?.has(itemId)) continue;
    if (toSkip > 0) {
      toSkip--;
      continue;
    }
    itemIds.push(itemId);
    if (itemIds.length === options.limit) break;
  }
  return itemIds;
}

function latestQuery(tables: DataTables, options: LatestItemsOptions): { sql: string; parameters: SqlValue[] } {
  const [first, ...others] = new Set(options.categories ?? []);
  const conditions = [first === undefined ? "is_hidden = 0" : "category = ?"];
  const parameters: SqlValue[] = first === undefined ? [] : [first];
  if (options.sinceMs !== undefined) {
    conditions.push("timestamp_ms >= ?");
    parameters.push(options.sinceMs);
  }
  for (const other of others) {
    conditions.push(`EXISTS (SELECT 1 FROM ${tables.itemCategories} AS other
      WHERE other.category = ? AND other.timestamp_ms = listed.timestamp_ms AND other.item_id = listed.item_id)`);
    parameters.push(other);
  }
  const table = first === undefined ? tables.items : tables.itemCategories;
  const sql = `SELECT item_id FROM ${table} AS listed WHERE ${conditions.join(" AND ")}
    ORDER BY timestamp_ms DESC, item_id DESC`;
  return { sql, parameters };
}
