import type { CallOptions, Logger, ProgressListener } from "@furze/core";
import type { Dataset, FeatureTable, IdDictionary, VectorTable } from "@furze/dataset";
import {
  itemRows,
  LinearItemIndex,
  type NeighborIndex,
  type NeighborTable,
  SparseNeighborIndex,
  type SparseRows,
  tagRows,
  userRows,
} from "@furze/neighbors";
import { collections, digestOf, type ItemNeighborType, type NeighborOptions, type UserNeighborType } from "@furze/recommend";
import type { CacheStore, ListEntry } from "@furze/storage";
import { EmbeddingIndex } from "./embedding-index.ts";

export interface NeighborListsOptions<Type> extends CallOptions {
  readonly dataset: Dataset;
  readonly cacheStore: Pick<CacheStore, "putLists">;
  readonly recommenders: readonly NeighborOptions<Type>[];
  /** The rows that lists are made for. Default: all. */
  readonly rows?: Int32Array | undefined;
  /** Entries of a list, > 0. */
  readonly limit: number;
  readonly nowMs: number;
  /** How long the lists live, milliseconds. */
  readonly listTtlMs: number;
  readonly onProgress?: ProgressListener | undefined;
  /** Hears of embeddings that are left out because of their length. Default: nobody does. */
  readonly logger?: Logger | undefined;
}

/** Rows searched and lists written at a time: what is held of the neighbors at once. */
const BLOCK_ROWS = 512;
const NO_CATEGORIES: readonly string[] = [];

/**
 * Makes the list of neighbors of every item, for each item-to-item recommender. An item without neighbors gets an empty list,
 * since an older one would not be true any more. Hidden items have lists but stand in none.
 *
 * @throws {AbortError} between two blocks; lists written so far stay
 */
export async function makeItemNeighborLists(options: NeighborListsOptions<ItemNeighborType>): Promise<void> {
  const { dataset } = options;
  const categoriesOf = categoryLists(dataset.itemCategories);
  for (const [position, recommender] of options.recommenders.entries()) {
    using index = await openIndex(recommender, options, {
      numRows: dataset.itemIds.size,
      vectors: dataset.itemVectors,
      columns: dataset.itemColumns,
      labels: dataset.itemLabels,
      feedbackRows: () => itemRows(dataset.positive),
      linear: (signal) => LinearItemIndex.fit(dataset.positive, { isExcluded: dataset.isItemHidden, signal }),
      isExcluded: dataset.isItemHidden,
    });
    await makeLists(index, {
      ...options,
      recommender,
      position,
      ids: dataset.itemIds,
      collectionOf: collections.itemToItem,
      categoriesOf,
    });
  }
}

/** Makes the list of similar users of every user, for each user-to-user recommender; otherwise like `makeItemNeighborLists`. */
export async function makeUserNeighborLists(options: NeighborListsOptions<UserNeighborType>): Promise<void> {
  const { dataset } = options;
  const categoriesOf = (): readonly string[] => NO_CATEGORIES;
  for (const [position, recommender] of options.recommenders.entries()) {
    using index = await openIndex(recommender, options, {
      numRows: dataset.userIds.size,
      vectors: dataset.userVectors,
      columns: dataset.userColumns,
      labels: dataset.userLabels,
      feedbackRows: () => userRows(dataset.positive),
    });
    await makeLists(index, {
      ...options,
      recommender,
      position,
      ids: dataset.userIds,
      collectionOf: collections.userToUser,
      categoriesOf,
    });
  }
}

/** What a data set knows of its items, or of its users. */
interface NeighborData {
  readonly numRows: number;
  readonly vectors: ReadonlyMap<string, VectorTable>;
  readonly columns: ReadonlyMap<string, FeatureTable>;
  readonly labels: FeatureTable;
  readonly feedbackRows: () => SparseRows;
  /** The linear model, where there is one: of items. */
  readonly linear?: ((signal: AbortSignal | undefined) => Promise<NeighborIndex>) | undefined;
  readonly isExcluded?: Uint8Array | undefined;
}

const NO_VECTORS: VectorTable = { dimension: 0, rows: new Int32Array(0), values: new Float32Array(0), numLeftOut: 0 };

async function openIndex(
  { name, type, column }: NeighborOptions<ItemNeighborType | UserNeighborType>,
  { limit, signal, logger }: Pick<NeighborListsOptions<unknown>, "limit" | "signal" | "logger">,
  { numRows, vectors, columns, labels, feedbackRows, linear, isExcluded }: NeighborData,
): Promise<NeighborIndex> {
  if (type === "embedding") {
    const table = vectors.get(column) ?? NO_VECTORS;
    const { dimension, numLeftOut } = table;
    if (numLeftOut > 0) logger?.warn("embeddings of another length are left out", { recommender: name, dimension, numLeftOut });
    return EmbeddingIndex.open({ vectors: table, numRows, isExcluded, limit, signal });
  }
  if (type === "linear" && linear !== undefined) return linear(signal);
  const tags = () => tagRows(columns.get(column) ?? labels);
  if (type === "tags") return new SparseNeighborIndex([tags()], { isExcluded });
  const sources = type === "auto" ? [tags(), feedbackRows()] : [feedbackRows()];
  return new SparseNeighborIndex(sources, { isExcluded });
}

interface MakeLists<Type> extends NeighborListsOptions<Type> {
  readonly recommender: NeighborOptions<Type>;
  /** Place of the recommender among all, for progress. */
  readonly position: number;
  readonly ids: IdDictionary;
  readonly collectionOf: (name: string) => string;
  readonly categoriesOf: (index: number) => readonly string[];
}

async function makeLists<Type>(index: NeighborIndex, options: MakeLists<Type>): Promise<void> {
  const { recommender, position, recommenders, ids, collectionOf, nowMs, listTtlMs, cacheStore, signal } = options;
  const collection = collectionOf(recommender.name);
  const digest = digestOf(recommender);
  const all = options.rows ?? Int32Array.from({ length: index.numRows }, (_, row) => row);
  const total = all.length * recommenders.length;
  for (let start = 0; start < all.length; start += BLOCK_ROWS) {
    const rows = all.subarray(start, start + BLOCK_ROWS);
    const table = await index.search(rows, options.limit, { signal });
    const lists = Array.from(rows, (row, place) => {
      const list = { entries: entriesOf(table, place, collection, options), updatedMs: nowMs, digest, modelId: "" };
      return { collection, name: ids.idOf(row), list, expiresMs: nowMs + listTtlMs };
    });
    await cacheStore.putLists(lists, { signal });
    options.onProgress?.({ done: position * all.length + start + rows.length, total });
  }
}

function entriesOf<Type>(
  table: NeighborTable,
  place: number,
  source: string,
  { ids, categoriesOf }: MakeLists<Type>,
): ListEntry[] {
  const sources = [source];
  const entries: ListEntry[] = [];
  for (let at = place * table.limit; at < (place + 1) * table.limit; at++) {
    const index = table.indices[at] as number;
    if (index < 0) break;
    entries.push({ id: ids.idOf(index), score: table.scores[at] as number, categories: categoriesOf(index), sources });
  }
  return entries;
}

/** Category names of an item, decoded once. */
function categoryLists(table: FeatureTable): (index: number) => readonly string[] {
  const lists: (readonly string[] | undefined)[] = [];
  return (index) => {
    const list = lists[index] ?? table.names(index);
    lists[index] = list;
    return list;
  };
}
