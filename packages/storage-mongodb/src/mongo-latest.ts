import type { Item } from "@furze/core";
import type { LatestItemsOptions } from "@furze/storage";
import type { ItemDocument } from "./mongo-data-schema.ts";
import { checkLimit, filterOf, type RowReading } from "./mongo-rows.ts";
import type { MongoSession } from "./mongo-session.ts";

/** Excluded items that the first batch reckons with; more of them cost another one. */
const MAX_SPARE_ROWS = 200;

/**
 * The newest visible items. Walks an index that is in the right order already and stops at the last item wanted.
 * With several categories it walks the first and looks at the others, so the rarest is best given first.
 */
export async function readLatest(
  session: MongoSession,
  { collection, toRow, projection }: RowReading<ItemDocument, Item>,
  { limit, offset = 0, categories = [], sinceMs, exclude, signal }: LatestItemsOptions,
): Promise<Item[]> {
  checkLimit(limit);
  checkLimit(offset);
  const found: Item[] = [];
  if (limit === 0) return found;
  const filter = filterOf<ItemDocument>({
    isHidden: false,
    ...(categories.length > 0 && { categories: { $all: [...new Set(categories)] } }),
    ...(sinceMs !== undefined && { timestampMs: { $gte: sinceMs } }),
  });
  const wanted = offset + limit;
  const batchSize = wanted + Math.min(exclude?.size ?? 0, MAX_SPARE_ROWS);
  const find = { projection, sort: { timestampMs: -1, _id: -1 } } as const;
  const open = (last: ItemDocument | undefined) =>
    collection.find<ItemDocument>(last === undefined ? filter : filterOf({ $and: [filter, olderThan(last)] }), find);
  for await (const batch of session.scan(open, batchSize, { signal })) {
    for (const document of batch) if (exclude?.has(document._id) !== true) found.push(toRow(document));
    if (found.length >= wanted) break;
  }
  return found.slice(offset, wanted);
}

function olderThan({ timestampMs, _id }: ItemDocument): object {
  return { $or: [{ timestampMs: { $lt: timestampMs } }, { timestampMs, _id: { $lt: _id } }] };
}
