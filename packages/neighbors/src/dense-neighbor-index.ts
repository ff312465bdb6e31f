import type { DenseIndex, DenseSearchOptions } from "./dense-index.ts";
import type { DenseNeighborOptions, DenseRows } from "./dense-rows.ts";
import { type DenseQueries, searchBands } from "./dense-search.ts";
import { DenseVectors } from "./dense-vectors.ts";
import { exactSearch } from "./exact-search.ts";
import type { NeighborTable } from "./neighbor-table.ts";
import { RowMask } from "./row-mask.ts";

/**
 * Exact neighbors between vectors, by comparing with every row on all threads.
 *
 * Cost: rows * dimension multiplications a query, about 0.1 ns each and thread; memory 4 bytes a number.
 */
export class DenseNeighborIndex implements DenseIndex {
  readonly numRows: number;
  readonly dimension: number;
  readonly #vectors: DenseVectors;
  readonly #mask: RowMask;

  /**
   * @param rows read, not kept
   * @throws {InvalidArgumentError} if the shape does not fit or a value is not finite
   */
  constructor(rows: DenseRows, options: DenseNeighborOptions = {}) {
    this.#vectors = DenseVectors.prepare(rows, options);
    this.#mask = new RowMask(this.#vectors, this.#vectors.isAllowed);
    this.numRows = this.#vectors.numRows;
    this.dimension = rows.dimension;
  }

  async search(rowIndices: ArrayLike<number>, limit: number, options: DenseSearchOptions = {}): Promise<NeighborTable> {
    return await this.#search(rowIndices, limit, options);
  }

  async searchVectors(vectors: Float32Array, limit: number, options: DenseSearchOptions = {}): Promise<NeighborTable> {
    return await this.#search({ vectors }, limit, options);
  }

  /** Gives the memory back; the index must not be used any more. A second call does nothing. */
  dispose(): void {
    this.#vectors.memory.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #search(asked: DenseQueries, limit: number, options: DenseSearchOptions): Promise<NeighborTable> {
    const filtered = options.isAllowed === undefined ? undefined : this.#mask.and(options.isAllowed);
    try {
      const search = exactSearch(this.#vectors, filtered ?? this.#mask, options.signal);
      return await searchBands(this.#vectors, asked, limit, options, search);
    } finally {
      filtered?.[Symbol.dispose]();
    }
  }
}
