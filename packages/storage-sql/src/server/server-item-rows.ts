import type { Item, ItemPatch } from "@furze/core";
import { parseCategories, parseJson, toCategories, toJson } from "../columns.ts";
import { chunkList } from "./chunks.ts";
import type { ServerDataTables } from "./server-data-schema.ts";
import { type ColumnChange, type EntityReading, ID_CHUNK } from "./server-rows.ts";
import type { Insertion, SqlConnection, SqlDialect } from "./sql-driver.ts";

const COLUMNS = ["item_id", "is_hidden", "categories", "timestamp_ms", "labels", "comment"] as const;

/** Columns as `toItem` takes them. */
export function itemColumns(table: string): string {
  return COLUMNS.map((column) => `${table}.${column}`).join(", ");
}

export function toItem([itemId, isHidden, categories, timestampMs, labels, comment]: readonly unknown[]): Item {
  return {
    itemId: itemId as string,
    isHidden: Number(isHidden) !== 0,
    categories: parseCategories(categories as string),
    timestampMs: Number(timestampMs),
    labels: parseJson(labels as string | null),
    comment: comment as string,
  };
}

export function itemReading({ items }: ServerDataTables): EntityReading<Item> {
  const select = `SELECT ${itemColumns(items)} FROM ${items}`;
  return { select, column: "item_id", toRow: toItem, keyOf: (item) => item.itemId };
}

export function itemInsertion({ items }: ServerDataTables): Insertion {
  return {
    table: items,
    columns: [
      ["item_id", "text"],
      ["is_hidden", "integer"],
      ["categories", "text"],
      ["timestamp_ms", "integer"],
      ["labels", "text"],
      ["comment", "text"],
    ],
    key: ["item_id"],
    update: ({ given }) => Object.fromEntries(COLUMNS.slice(1).map((column) => [column, given(column)])),
  };
}

export function itemChanges(patch: ItemPatch): ColumnChange[] {
  const changes: ColumnChange[] = [];
  if (patch.isHidden !== undefined) changes.push({ column: "is_hidden", value: Number(patch.isHidden) });
  if (patch.categories !== undefined) changes.push({ column: "categories", value: toCategories(patch.categories) });
  if (patch.timestampMs !== undefined) changes.push({ column: "timestamp_ms", value: patch.timestampMs });
  if (patch.labels !== undefined) changes.push({ column: "labels", value: toJson(patch.labels) });
  if (patch.comment !== undefined) changes.push({ column: "comment", value: patch.comment });
  return changes;
}

/** Makes `item_categories` say what `items` says about these; their rows are locked by the caller's change. */
export async function listCategories(
  connection: SqlConnection,
  dialect: SqlDialect,
  { items, itemCategories }: ServerDataTables,
  itemIds: readonly string[],
): Promise<void> {
  for (const chunk of chunkList(itemIds, ID_CHUNK)) {
    await connection.query(`DELETE FROM ${itemCategories} WHERE ${dialect.in("item_id")}`, [chunk]);
    const query = `SELECT ${dialect.first256("listed.category")}, items.timestamp_ms, items.item_id
      FROM ${items} AS items, ${dialect.categoriesOfItems}
      WHERE ${dialect.in("items.item_id")} AND items.is_hidden = 0 AND items.categories <> '[]'`;
    await connection.query(dialect.insertSelected(itemCategories, "category, timestamp_ms, item_id", query), [chunk]);
  }
}
