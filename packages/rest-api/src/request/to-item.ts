import type { Item } from "@furze/core";
import type { ApiContext } from "../options.ts";
import { checkRowLimits } from "../quota/row-limits.ts";
import type { ItemBody } from "../schemas.ts";
import { parseTimestamp } from "../wire/timestamp.ts";

/** The record of a checked body. @throws {HttpError} 400 for a time or labels that are not understood, 429 for a row beyond a quota */
export function toItem(body: ItemBody, { dialect, quotas }: ApiContext): Item {
  const item = {
    itemId: body.ItemId,
    isHidden: body.IsHidden ?? false,
    categories: namedCategories(body.Categories ?? []),
    timestampMs: parseTimestamp(body.Timestamp ?? ""),
    labels: body.Labels ?? null,
    comment: body.Comment ?? "",
  };
  dialect.checkLabels(item.labels, "Item");
  checkRowLimits(item, quotas.limits);
  return item;
}

/** Empty names, which splitting an empty text leaves behind, are no categories; an item has each of the others once. */
export function namedCategories(categories: readonly string[]): readonly string[] {
  return [...new Set(categories)].filter((category) => category !== "");
}
