import { type Item, ZERO_TIME_MS } from "@furze/core";
import { chunkList, type EntityReading, ID_CHUNK, parseJson } from "./clickhouse-rows.ts";
import type { ClickhouseCalls } from "./clickhouse-session.ts";
import { textArray } from "./sql-text.ts";

/** An item as it is stored, without the categories that were added or removed since they were set. */
export interface RawItem {
  readonly id: string;
  readonly isHidden: number;
  readonly timestampMs: number;
  readonly labels: string | null;
  readonly comment: string;
  readonly categories: string;
  /** Marks the list of categories: a new one makes additions to the old one void. */
  readonly epoch: number;
}

/** Columns that nothing has set are those of an item that only feedback has named. */
export const ITEM_COLUMNS: string = `ifNull(is_hidden, 0) AS isHidden, ifNull(item_ms, ${ZERO_TIME_MS}) AS timestampMs,
  labels, ifNull(comment, '') AS comment, ifNull(categories, '[]') AS categories, ifNull(epoch, 0) AS epoch`;

export function itemReading(table: string): EntityReading<RawItem, Item> {
  return {
    ...{ kind: "item", table, columns: ITEM_COLUMNS },
    toRows: async (calls, raw) => {
      const changes = await categoryChanges(calls, table, raw);
      return raw.map((row) => toItem(row, changes.get(row.id) ?? []));
    },
    idOf: (item) => item.itemId,
  };
}

/** A category that was added to an item or removed. */
export interface CategoryChange {
  readonly id: string;
  readonly category: string;
  readonly epoch: number;
  readonly isIn: number;
}

async function categoryChanges(
  calls: ClickhouseCalls,
  table: string,
  items: readonly RawItem[],
): Promise<Map<string, CategoryChange[]>> {
  const byId = new Map<string, CategoryChange[]>();
  for (const chunk of chunkList(items, ID_CHUNK)) {
    const sql = `SELECT key AS id, sub AS category, generation AS epoch, is_live AS isIn FROM ${table} FINAL
      WHERE kind = 'category' AND key IN ${textArray(chunk.map((item) => item.id))} ORDER BY key, sub`;
    const changes = await calls.rows<CategoryChange>(sql);
    for (const [id, ofItem] of Map.groupBy(changes, (change) => change.id)) byId.set(id, ofItem);
  }
  return byId;
}

function toItem(raw: RawItem, changes: readonly CategoryChange[]): Item {
  const categories = new Set(parseJson<string[]>(raw.categories, []));
  for (const { category, epoch, isIn } of changes) {
    if (epoch !== raw.epoch) continue;
    if (isIn) categories.add(category);
    else categories.delete(category);
  }
  return {
    itemId: raw.id,
    isHidden: raw.isHidden === 1,
    categories: [...categories],
    timestampMs: raw.timestampMs,
    labels: parseJson(raw.labels, null),
    comment: raw.comment,
  };
}
