import type { NeighborIndex, NeighborSearchOptions, NeighborTable } from "./neighbor-table.ts";

export interface DenseSearchOptions extends NeighborSearchOptions {
  /** 1 for the rows that may be returned (such as items of a category), one for each row. Default: all that are not excluded. */
  readonly isAllowed?: Uint8Array | undefined;
}

/** Finds the neighbors of vectors, or of rows, among rows of vectors. Scores of lower rank may be negative, see `DenseMetric`. */
export interface DenseIndex extends NeighborIndex {
  readonly dimension: number;
  search(rowIndices: ArrayLike<number>, limit: number, options?: DenseSearchOptions): Promise<NeighborTable>;
  /**
   * Neighbors of vectors that are not rows of the index.
   *
   * @param vectors shape [queries, dimension]
   * @throws {InvalidArgumentError} if a vector or the limit is out of range
   * @throws {AbortError} when the signal ends the call
   */
  searchVectors(vectors: Float32Array, limit: number, options?: DenseSearchOptions): Promise<NeighborTable>;
}
