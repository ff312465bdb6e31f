/** The neighbors of some rows, as flat arrays. */
export interface NeighborTable {
  /** Number of places of each row. */
  readonly limit: number;
  /** Shape [rows, limit], row-major: neighbors best first, equal scores by ascending index, -1 where there are fewer. */
  readonly indices: Int32Array;
  /** Shape [rows, limit]: score of each neighbor, greater than 0 over sparse features; 0 beside an index of -1. */
  readonly scores: Float32Array;
  /** Features that were left out because too many rows hold them, see `maxAccumulationsPerRow`; 0 means that none was. */
  readonly numFeaturesLeftOut: number;
}

/** Finds the neighbors of rows of a fixed set. Call `dispose` when done. */
export interface NeighborIndex extends Disposable {
  readonly numRows: number;
  /**
   * Neighbors of the given rows, in their order.
   *
   * @param limit most neighbors of a row, at least 1; may exceed the number of rows
   * @throws {InvalidArgumentError} if a row index or the limit is out of range
   * @throws {AbortError} when the signal ends the call
   */
  search(rowIndices: ArrayLike<number>, limit: number, options?: NeighborSearchOptions): Promise<NeighborTable>;
  dispose(): void;
}

export interface NeighborSearchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with rows done and rows in all. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
}
