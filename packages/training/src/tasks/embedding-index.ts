import type { CallOptions } from "@furze/core";
import type { VectorTable } from "@furze/dataset";
import { type DenseIndex, type NeighborIndex, type NeighborTable, openDenseIndex } from "@furze/neighbors";

export interface EmbeddingIndexOptions extends CallOptions {
  readonly vectors: VectorTable;
  /** Rows with and without a vector. */
  readonly numRows: number;
  /** 1 for rows that are never returned. Default none. */
  readonly isExcluded?: Uint8Array | undefined;
  /** How many neighbors will be asked for. */
  readonly limit: number;
}

/**
 * Neighbors by the distance of embeddings, in rows of the data set: rows without a vector have none and are none. The score is
 * 1 / (1 + Euclidean distance). Exact for up to 100,000 vectors; with more of them a graph that finds 95 % of the neighbors.
 */
export class EmbeddingIndex implements NeighborIndex {
  readonly numRows: number;
  readonly #rows: Int32Array;
  /** Place of each row among the vectors; -1 without one. */
  readonly #places: Int32Array;
  readonly #index: DenseIndex | undefined;

  private constructor({ vectors, numRows }: EmbeddingIndexOptions, index: DenseIndex | undefined) {
    this.numRows = numRows;
    this.#rows = vectors.rows;
    this.#places = new Int32Array(numRows).fill(-1);
    for (const [place, row] of vectors.rows.entries()) this.#places[row] = place;
    this.#index = index;
  }

  /** @throws {AbortError} when the signal ends the call */
  static async open(options: EmbeddingIndexOptions): Promise<EmbeddingIndex> {
    const { vectors, isExcluded, limit, signal } = options;
    if (vectors.rows.length === 0) return new EmbeddingIndex(options, undefined);
    const excluded = isExcluded === undefined ? undefined : Uint8Array.from(vectors.rows, (row) => isExcluded[row] ?? 0);
    const dense = { metric: "euclidean", isExcluded: excluded, limit, signal } as const;
    return new EmbeddingIndex(options, await openDenseIndex(vectors, dense));
  }

  async search(rowIndices: ArrayLike<number>, limit: number, options: CallOptions = {}): Promise<NeighborTable> {
    const indices = new Int32Array(rowIndices.length * limit).fill(-1);
    const scores = new Float32Array(rowIndices.length * limit);
    const asked = Array.from(rowIndices, (row) => this.#places[row] ?? -1);
    const withVector = asked.flatMap((place, position) => (place < 0 ? [] : [position]));
    if (this.#index !== undefined && withVector.length > 0) {
      const places = withVector.map((position) => asked[position] ?? -1);
      const found = await this.#index.search(places, limit, options);
      for (const [place, position] of withVector.entries()) {
        const neighbors = found.indices.subarray(place * limit, (place + 1) * limit);
        indices.set(
          neighbors.map((neighbor) => (neighbor < 0 ? -1 : (this.#rows[neighbor] ?? -1))),
          position * limit,
        );
        scores.set(found.scores.subarray(place * limit, (place + 1) * limit), position * limit);
      }
    }
    return { limit, indices, scores, numFeaturesLeftOut: 0 };
  }

  /** Gives the memory back; a second call does nothing. */
  dispose(): void {
    this.#index?.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
