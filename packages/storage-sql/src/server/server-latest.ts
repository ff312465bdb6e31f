import type { Item } from "@furze/core";
import type { LatestItemsOptions } from "@furze/storage";
import { checkLimit } from "../checks.ts";
import { readKeyset } from "./keyset.ts";
import type { ServerDataTables } from "./server-data-schema.ts";
import { itemColumns } from "./server-item-rows.ts";
import type { EntityReading } from "./server-rows.ts";
import type { OrderValue, SqlDialect, SqlValue } from "./sql-driver.ts";
import type { SqlSession } from "./sql-session.ts";

/** Excluded items that the first statement reckons with; more of them cost another statement. */
const MAX_SPARE_ROWS = 200;

/**
 * The newest visible items. Walks an index that is in the right order already and stops at the last item wanted.
 * With several categories it walks the first and probes the others, so the rarest is best given first.
 */
export async function readLatest(
  session: SqlSession,
  tables: ServerDataTables,
  reading: EntityReading<Item>,
  { limit, offset = 0, categories = [], sinceMs, exclude, signal }: LatestItemsOptions,
): Promise<Item[]> {
  checkLimit(limit);
  checkLimit(offset);
  const found: Item[] = [];
  if (limit === 0) return found;
  const query = latestQuery(session.dialect, tables, categories, sinceMs);
  const wanted = offset + limit;
  const chunk = wanted + Math.min(exclude?.size ?? 0, MAX_SPARE_ROWS);
  let from: OrderValue[] | undefined;
  for (;;) {
    const keyset = { ...query, from, isDescending: true, limit: chunk };
    const rows = await session.read((connection) => readKeyset(connection, session.dialect, keyset), { signal });
    for (const row of rows) {
      const item = reading.toRow(row);
      from = [item.timestampMs, item.itemId];
      // The index holds the beginnings of long categories only.
      if (exclude?.has(item.itemId) || !categories.every((category) => item.categories.includes(category))) continue;
      found.push(item);
    }
    if (found.length >= wanted || rows.length < chunk) return found.slice(offset, wanted);
  }
}

interface LatestQuery {
  readonly select: string;
  readonly columns: readonly string[];
  readonly conditions: readonly string[];
  readonly parameters: readonly SqlValue[];
}

function latestQuery(
  dialect: SqlDialect,
  tables: ServerDataTables,
  categories: readonly string[],
  sinceMs: number | undefined,
): LatestQuery {
  const [first, ...others] = new Set(categories);
  const conditions = [first === undefined ? "listed.is_hidden = 0" : `listed.category = ${dialect.first256("?")}`];
  const parameters: SqlValue[] = first === undefined ? [] : [first];
  if (sinceMs !== undefined) {
    conditions.push("listed.timestamp_ms >= ?");
    parameters.push(sinceMs);
  }
  for (const other of others) {
    conditions.push(`EXISTS (SELECT 1 FROM ${tables.itemCategories} AS other WHERE other.category = ${dialect.first256("?")}
      AND other.timestamp_ms = listed.timestamp_ms AND other.item_id = listed.item_id)`);
    parameters.push(other);
  }
  const join =
    first === undefined
      ? `${tables.items} AS listed`
      : `${tables.itemCategories} AS listed JOIN ${tables.items} AS items ON items.item_id = listed.item_id`;
  const select = `SELECT ${itemColumns(first === undefined ? "listed" : "items")} FROM ${join}`;
  return { select, columns: ["listed.timestamp_ms", "listed.item_id"], conditions, parameters };
}
