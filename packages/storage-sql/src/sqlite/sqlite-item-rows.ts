import type { Item } from "@furze/core";
import { parseCategories, parseJson } from "../columns.ts";
import type { DataTables } from "./sqlite-data-schema.ts";

export const ITEM_COLUMNS = "item_id, is_hidden, categories, timestamp_ms, labels, comment";

/** A row of `ITEM_COLUMNS`. */
export type ItemRow = readonly [
  itemId: string,
  isHidden: number,
  categories: string,
  timestampMs: number,
  labels: string | null,
  comment: string,
];

export function toItem([itemId, isHidden, categories, timestampMs, labels, comment]: ItemRow): Item {
  return {
    itemId,
    isHidden: isHidden !== 0,
    categories: parseCategories(categories),
    timestampMs,
    labels: parseJson(labels),
    comment,
  };
}

/** Takes the id. */
export function selectItem({ items }: DataTables): string {
  return `SELECT ${ITEM_COLUMNS} FROM ${items} WHERE item_id = ?`;
}
