import { type CallOptions, InvalidArgumentError, type Item } from "@furze/core";

/**
 * A part of an item that search looks into. `labels` are all texts and numbers in the labels, lists of numbers (embeddings) left out;
 * `labels.a.b` those below the keys `a` and `b`.
 */
export type SearchColumn = "itemId" | "categories" | "comment" | "labels" | `labels.${string}`;

export interface SearchItemsOptions extends CallOptions {
  /** Words as people type them; nothing in it has a meaning of its own. */
  readonly query: string;
  /** Most items to return, >= 0. */
  readonly limit: number;
}

/**
 * Search for items by the words they contain. Stores break text into words with `itemTerms` and `queryTerms`, so all find the same
 * items; how matches are ranked is each store's own affair.
 */
export interface ItemSearch {
  /**
   * Sets what `search` looks into, for every process that uses the store; no columns switch it off, which is how a store begins.
   * When the columns have changed, or a run before this one did not get to its end, it reads all items again; until it is done, some
   * of them are not found. Otherwise it only adds the items that feedback has created.
   * From then on each write of an item brings the index up to date in the same step.
   *
   * @throws {InvalidArgumentError} for a column that is none
   */
  index(columns: readonly SearchColumn[], options?: CallOptions): Promise<void>;
  /**
   * Items that contain at least one of the words, hidden ones too: those with more and rarer words first, equal ones in id order.
   * Nothing is found while no columns are set, or when the query has no words.
   */
  search(options: SearchItemsOptions): Promise<Item[]>;
}

/** The columns without repetitions, in an order of their own, for comparison with those stored. @throws {InvalidArgumentError} */
export function checkSearchColumns(columns: readonly string[]): SearchColumn[] {
  for (const column of columns) {
    if (!/^(itemId|categories|comment|labels(\.[^.\0]+)*)$/.test(column)) {
      const found = JSON.stringify(column);
      throw new InvalidArgumentError(
        "columns",
        `items have no column ${found} to search: there are itemId, categories, comment, labels and labels.KEY`,
      );
    }
  }
  return [...new Set(columns as readonly SearchColumn[])].sort();
}
