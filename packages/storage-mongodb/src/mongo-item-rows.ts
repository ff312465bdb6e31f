import type { Item, ItemPatch, JsonValue } from "@furze/core";
import { itemTerms } from "@furze/storage";
import type { Collection } from "mongodb";
import { type ItemDocument, type SearchSettingsDocument, toJson } from "./mongo-data-schema.ts";
import type { RowReading } from "./mongo-rows.ts";
import type { UnitOptions } from "./write-unit.ts";

export const SETTINGS_ID = "settings";

/** Fields of an item that a caller can set. */
export type ItemFields = Pick<ItemDocument, "isHidden" | "categories" | "timestampMs" | "labels" | "comment">;
/** What a write of an item leaves for search. */
export type IndexFields = Required<Pick<ItemDocument, "terms" | "indexed">>;
export type SearchSettings = Pick<SearchSettingsDocument, "columns" | "generation">;

export function itemReading(collection: Collection<ItemDocument>): RowReading<ItemDocument, Item> {
  return { collection, toRow: toItem, projection: { terms: 0, indexed: 0 } };
}

export function toItem({ _id, isHidden, categories, timestampMs, labels, comment }: ItemDocument): Item {
  const parsed = labels === null ? null : (JSON.parse(labels) as JsonValue);
  return { itemId: _id, isHidden, categories, timestampMs, labels: parsed, comment };
}

export function toItemFields(item: Item): ItemFields {
  return {
    isHidden: item.isHidden,
    categories: [...new Set(item.categories)],
    timestampMs: item.timestampMs,
    labels: toJson(item.labels),
    comment: item.comment,
  };
}

/** Fields that a patch sets. */
export function itemChanges(patch: ItemPatch): Partial<ItemFields> {
  return {
    ...(patch.isHidden !== undefined && { isHidden: patch.isHidden }),
    ...(patch.categories !== undefined && { categories: [...new Set(patch.categories)] }),
    ...(patch.timestampMs !== undefined && { timestampMs: patch.timestampMs }),
    ...(patch.labels !== undefined && { labels: toJson(patch.labels) }),
    ...(patch.comment !== undefined && { comment: patch.comment }),
  };
}

/** What search looks into at the moment; nothing before it was ever set. */
export async function readSettings(
  collection: Collection<SearchSettingsDocument>,
  options: UnitOptions = {},
): Promise<SearchSettings> {
  const found = await collection.findOne({ _id: SETTINGS_ID }, options);
  return found ?? { columns: [], generation: 0 };
}

export function indexFields(item: Item, { columns, generation }: SearchSettings): IndexFields {
  return { terms: [...new Set(itemTerms(item, columns))], indexed: generation };
}

/** Matches the document as long as it is what was read, and so as long as terms that were made from it hold. */
export function unchanged({
  _id,
  categories,
  labels,
  comment,
}: ItemDocument): Omit<ItemFields, "isHidden" | "timestampMs"> & { _id: string } {
  return { _id, categories, labels, comment };
}
