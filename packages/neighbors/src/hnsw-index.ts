import { InvalidArgumentError, throwIfAborted } from "@furze/core";
import type { KernelPool } from "@furze/kernels";
import type { DenseIndex } from "./dense-index.ts";
import type { DenseRows } from "./dense-rows.ts";
import { type BandSearch, type DenseQueries, searchBands } from "./dense-search.ts";
import { DenseVectors } from "./dense-vectors.ts";
import { exactSearch } from "./exact-search.ts";
import { type HnswArrays, loadArrays, saveArrays } from "./hnsw-arrays.ts";
import { buildGraph } from "./hnsw-build.ts";
import type { HnswGraph } from "./hnsw-graph.ts";
import { checkInteger, type HnswOptions, type HnswSearchOptions, hnswParameters } from "./hnsw-options.ts";
import type { NeighborTable } from "./neighbor-table.ts";
import { RowMask } from "./row-mask.ts";

/** Rows compared in the time that a search takes for each row it follows. Measured: some 300 for many queries at once, 30 for a single one. */
const EXACT_ROWS_OF_WIDTH = 64;

/**
 * Approximate neighbors between vectors by a hierarchy of small-world graphs. Where a search would look at a large part of the rows
 * anyway (few rows, few of them allowed, or a large limit) it compares with every row, which is then faster, and exact.
 *
 * Cost: build about rows * efConstruction * m distances, search about ef * m; memory 4 bytes a number, 8 m + 21 bytes a row.
 * Source: Malkov and Yashunin, IEEE TPAMI 2018.
 */
export class HnswIndex implements DenseIndex {
  readonly numRows: number;
  readonly dimension: number;
  readonly #vectors: DenseVectors;
  readonly #mask: RowMask;
  readonly #graph: HnswGraph;
  /** Rows that a search follows at the same time unless its options say otherwise. */
  ef: number;

  private constructor(vectors: DenseVectors, graph: HnswGraph, ef: number) {
    this.numRows = vectors.numRows;
    this.dimension = vectors.dimension;
    this.#vectors = vectors;
    this.#mask = new RowMask(vectors, vectors.isAllowed);
    this.#graph = graph;
    this.ef = ef;
  }

  /**
   * Links all rows. With several threads the graph depends on their timing.
   *
   * @param rows read, not kept
   * @throws {InvalidArgumentError} if the shape does not fit, a value is not finite or an option is out of range
   * @throws {AbortError} when the signal ends the call
   */
  static async build(rows: DenseRows, options: HnswOptions = {}): Promise<HnswIndex> {
    const parameters = hnswParameters(options);
    throwIfAborted(options.signal);
    const vectors = DenseVectors.prepare(rows, options);
    try {
      return new HnswIndex(vectors, await buildGraph(vectors, parameters, options), parameters.ef);
    } catch (error) {
      vectors.memory.dispose();
      throw error;
    }
  }

  /** @throws {InvalidArgumentError} if the arrays do not fit each other */
  static fromArrays(arrays: HnswArrays, options: { readonly pool?: KernelPool | undefined } = {}): HnswIndex {
    const { m, ef } = hnswParameters({ m: arrays.m, ef: arrays.ef });
    const { vectors, graph } = loadArrays({ ...arrays, m }, options.pool);
    return new HnswIndex(vectors, graph, ef);
  }

  /** A copy of the index, to be saved; `fromArrays` makes it one again that finds the same. */
  toArrays(): HnswArrays {
    return saveArrays(this.#vectors, this.#graph, this.ef);
  }

  async search(rowIndices: ArrayLike<number>, limit: number, options: HnswSearchOptions = {}): Promise<NeighborTable> {
    return await this.#search(rowIndices, limit, options);
  }

  async searchVectors(vectors: Float32Array, limit: number, options: HnswSearchOptions = {}): Promise<NeighborTable> {
    return await this.#search({ vectors }, limit, options);
  }

  /**
   * Never returns the row any more; the others keep their numbers. It still helps searches to find their way, so an index of which
   * most is deleted should be built anew.
   *
   * @throws {InvalidArgumentError} if there is no such row
   */
  delete(row: number): void {
    if (!(Number.isInteger(row) && row >= 0 && row < this.numRows)) {
      throw new InvalidArgumentError("row", `row is ${row}, not in [0, ${this.numRows})`);
    }
    this.#vectors.isAllowed[row] = 0;
    this.#mask.forbid(row);
  }

  /** Gives the memory back; the index must not be used any more. A second call does nothing. */
  dispose(): void {
    this.#vectors.memory.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #search(asked: DenseQueries, limit: number, options: HnswSearchOptions): Promise<NeighborTable> {
    const { ef = this.ef, signal } = options;
    checkInteger("ef", ef, 1, 100_000);
    const filtered = options.isAllowed === undefined ? undefined : this.#mask.and(options.isAllowed);
    const mask = filtered ?? this.#mask;
    // One more than the limit, because a row finds itself; in proportion more when some must not be returned.
    const width = Math.ceil((Math.max(ef, limit + 1) * this.numRows) / Math.max(1, mask.count));
    const isExact = this.#graph.entry < 0 || EXACT_ROWS_OF_WIDTH * width >= this.numRows;
    try {
      const search = isExact ? exactSearch(this.#vectors, mask, signal) : this.#graphSearch(width, mask, signal);
      return await searchBands(this.#vectors, asked, limit, options, search);
    } finally {
      filtered?.[Symbol.dispose]();
    }
  }

  #graphSearch(width: number, mask: RowMask, signal: AbortSignal | undefined): BandSearch {
    const { memory, pool } = this.#vectors;
    const graph = this.#graph;
    return async ({ queries, selves, places, rows }) => {
      using own = memory.copyInt32(selves);
      const bytes = memory.call("hnswBeamBytes", width, 2 * graph.m) ?? 0;
      const beams = Array.from({ length: pool.threads }, () => memory.allocUint8(bytes));
      try {
        await pool.run({
          memory,
          kernel: "hnswSearch",
          args: [graph.pointer, queries.pointer, own.pointer, width, mask.flags.pointer, places, rows.pointer],
          threadArgs: beams.map(({ pointer }, thread) => [graph.visited(thread), pointer]),
          total: selves.length,
          chunk: 8,
          ...(signal === undefined ? {} : { signal }),
        });
      } finally {
        for (const beam of beams) beam.free();
      }
    };
  }
}
