import { InvalidArgumentError, integerIn } from "@furze/core";
import type { IdDictionary } from "@furze/dataset";
import { checkFinite, checkLength } from "./checks.ts";
import type { EmbeddingRow } from "./label-values.ts";

/** A name under which items have embeddings, and how many numbers those have. */
export interface EmbeddingKind {
  readonly name: string;
  readonly dimension: number;
}

/** Embeddings of one kind. */
export interface EmbeddingTable extends EmbeddingKind {
  /** Shape [number of embeddings, dimension], row-major. */
  readonly vectors: Float32Array;
  /** Embedding of each row, -1 for none. */
  readonly places: Int32Array;
}

/** Embeddings of the rows `firstRow`, `firstRow + 1`, ... of samples. */
export interface RowEmbeddings {
  readonly firstRow: number;
  /** At least one, all for the same number of rows. */
  readonly tables: readonly EmbeddingTable[];
}

/** Largest dimension of an embedding. */
export const MAX_DIMENSION = 65_536;

/** @throws {InvalidArgumentError} naming the part that is wrong */
export function checkEmbeddings({ firstRow, tables }: RowEmbeddings, second: Int32Array | undefined, numRows: number): void {
  integerIn("firstRow", firstRow, 0, numRows);
  const count = tables[0]?.places.length ?? 0;
  if (count === 0 || firstRow + count > numRows)
    throw new InvalidArgumentError("embeddings", `embeddings must be of 1 to ${numRows - firstRow} rows, are of ${count}`);
  for (const { dimension, vectors, places } of tables) {
    integerIn("dimension", dimension, 1, MAX_DIMENSION);
    checkLength("places", places, count);
    const numVectors = vectors.length / dimension;
    if (!Number.isInteger(numVectors))
      throw new InvalidArgumentError("vectors", `vectors must hold rows of ${dimension} numbers`);
    checkFinite("vectors", vectors);
    for (const place of places)
      if (place < -1 || place >= numVectors)
        throw new InvalidArgumentError("places", `${place} is neither -1 nor one of ${numVectors} embeddings`);
  }
  if (second?.every((row) => row >= firstRow && row < firstRow + count) !== true)
    throw new InvalidArgumentError("second", "with embeddings every sample needs a second row among those that may have one");
}

/**
 * Tables of collected embeddings. Of each name the most frequent dimension is kept, of equals the first; names with a single
 * embedding are left out, as are ids that are unknown and further embeddings of an id.
 */
export function buildEmbeddings(ids: IdDictionary, collected: ReadonlyMap<string, readonly EmbeddingRow[]>): EmbeddingTable[] {
  const tables: EmbeddingTable[] = [];
  for (const [name, rows] of collected) {
    const found = new Map<number, Float32Array>();
    const counts = new Map<number, number>();
    for (const { id, vector } of rows) {
      const index = ids.indexOf(id);
      if (index < 0 || found.has(index) || vector.length > MAX_DIMENSION) continue;
      found.set(index, vector);
      counts.set(vector.length, (counts.get(vector.length) ?? 0) + 1);
    }
    const [dimension = 0, count = 0] = [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0]);
    if (count < 2) continue;
    const vectors = new Float32Array(count * dimension);
    const places = new Int32Array(ids.size).fill(-1);
    let place = 0;
    for (const [index, vector] of found) {
      if (vector.length !== dimension) continue;
      vectors.set(vector, place * dimension);
      places[index] = place++;
    }
    tables.push({ name, dimension, vectors, places });
  }
  return tables;
}
