import type { Item } from "@furze/core";
import type { LatestItemsOptions } from "@furze/storage";
import type { RawItem } from "./clickhouse-item-rows.ts";
import { checkLimit, type EntityReading, readByIds } from "./clickhouse-rows.ts";
import type { ClickhouseCalls } from "./clickhouse-session.ts";
import { quote } from "./sql-text.ts";

/** Excluded items that the first statement reckons with; more of them cost another statement. */
const MAX_SPARE_ROWS = 200;

interface Position {
  readonly id: string;
  readonly timestampMs: number;
}

/** The newest visible items. Reads time, visibility and categories of every item, and whole rows only of those wanted. */
export async function readLatest(
  calls: ClickhouseCalls,
  reading: EntityReading<RawItem, Item>,
  { limit, offset = 0, categories = [], sinceMs, exclude }: LatestItemsOptions,
): Promise<Item[]> {
  checkLimit(limit);
  checkLimit(offset);
  const found: Item[] = [];
  if (limit === 0) return found;
  const wanted = offset + limit;
  const chunk = wanted + Math.min(exclude?.size ?? 0, MAX_SPARE_ROWS);
  let from: Position | undefined;
  for (;;) {
    const positions = await calls.rows<Position>(positionsQuery(reading, categories, sinceMs, from, chunk));
    const byId = await readByIds(
      calls,
      reading,
      positions.map(({ id }) => id).filter((id) => !exclude?.has(id)),
    );
    for (const { id } of positions) {
      const item = byId.get(id);
      // The row may have changed between the two statements, and a category may have been removed.
      if (item !== undefined && !item.isHidden && categories.every((category) => item.categories.includes(category)))
        found.push(item);
    }
    from = positions.at(-1);
    if (found.length >= wanted || positions.length < chunk) return found.slice(offset, wanted);
  }
}

function positionsQuery(
  { table, columns }: EntityReading<RawItem, Item>,
  categories: readonly string[],
  sinceMs: number | undefined,
  from: Position | undefined,
  limit: number,
): string {
  const conditions = ["isHidden = 0"];
  if (sinceMs !== undefined) conditions.push(`timestampMs >= ${sinceMs}`);
  if (from !== undefined) conditions.push(`(timestampMs, id) < (${from.timestampMs}, ${quote(from.id)})`);
  for (const category of new Set(categories)) {
    const added = `SELECT key FROM ${table} FINAL WHERE kind = 'category' AND sub = ${quote(category)} AND is_live`;
    conditions.push(`(has(JSONExtract(categories, 'Array(String)'), ${quote(category)}) OR id IN (${added}))`);
  }
  return `SELECT id, timestampMs FROM (SELECT key AS id, ${columns} FROM ${table} FINAL WHERE kind = 'item' AND is_live)
    WHERE ${conditions.join(" AND ")} ORDER BY timestampMs DESC, id DESC LIMIT ${limit}`;
}
