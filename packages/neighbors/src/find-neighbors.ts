import type { SparseNeighborOptions } from "./neighbor-options.ts";
import type { NeighborSearchOptions, NeighborTable } from "./neighbor-table.ts";
import { SparseNeighborIndex } from "./sparse-neighbor-index.ts";
import type { SparseRows } from "./sparse-rows.ts";

export interface FindNeighborsOptions extends SparseNeighborOptions, NeighborSearchOptions {
  /** Most neighbors of a row, at least 1. Default 100. */
  readonly limit?: number | undefined;
}

/**
 * Neighbors of every row: one search of a `SparseNeighborIndex` over all its rows.
 * With several sources over the same rows the score is the mean of their scores.
 *
 * @param sources tags (`tagRows`), users of items (`itemRows`), items of users (`userRows`), or a list of such
 * @returns shape [numRows, limit]
 * @throws {InvalidArgumentError} if an option is out of range or the sources differ in their number of rows
 * @throws {AbortError} when the signal ends the call
 */
export async function findNeighbors(
  sources: SparseRows | readonly SparseRows[],
  options: FindNeighborsOptions = {},
): Promise<NeighborTable> {
  using index = new SparseNeighborIndex(sources, options);
  return await index.search(
    Int32Array.from({ length: index.numRows }, (_, row) => row),
    options.limit ?? 100,
    options,
  );
}
