import { AbortError, InvalidArgumentError, throwIfAborted } from "@furze/core";
import type { KernelArray } from "@furze/kernels";
import type { DenseVectors } from "./dense-vectors.ts";
import type { NeighborSearchOptions, NeighborTable } from "./neighbor-table.ts";

/** Queries of one job: bounds its memory and how long an abort waits. */
const BAND = 1024;

/** What is asked for: rows of the index, or vectors of shape [queries, dimension]. */
export type DenseQueries = ArrayLike<number> | { readonly vectors: Float32Array };

/** Finds rows for queries in kernel memory; `selves` are the rows not to return (-1: none), `places` rows for each are written. */
export type BandSearch = (band: {
  readonly queries: KernelArray<Float32Array<SharedArrayBuffer>>;
  readonly selves: Int32Array;
  readonly places: number;
  readonly rows: KernelArray<Int32Array<SharedArrayBuffer>>;
}) => Promise<void>;

/**
 * Goes through queries band by band and gives the rows found their exact scores.
 *
 * @throws {InvalidArgumentError} if a row, a vector or the limit is out of range
 * @throws {AbortError} when the signal ends the call
 */
export async function searchBands(
  vectors: DenseVectors,
  asked: DenseQueries,
  limit: number,
  options: NeighborSearchOptions,
  search: BandSearch,
): Promise<NeighborTable> {
  const { memory, stride, numRows } = vectors;
  const given = "vectors" in asked ? vectors.toQueries(asked.vectors) : undefined;
  const rowIndices = "vectors" in asked ? undefined : checkRows(asked, numRows);
  if (!(Number.isInteger(limit) && limit > 0)) {
    throw new InvalidArgumentError("limit", `limit must be a positive integer, got ${limit}`);
  }
  throwIfAborted(options.signal);
  const numQueries = given === undefined ? rowIndices!.length : given.length / stride;
  const indices = new Int32Array(numQueries * limit).fill(-1);
  const scores = new Float32Array(numQueries * limit);
  const places = Math.min(limit, Math.max(1, numRows));
  const size = Math.min(BAND, numQueries);
  using queries = memory.allocFloat32(size * stride);
  using rows = memory.allocInt32(size * places);
  const order = new NeighborOrder(places);
  for (let start = 0; start < numQueries && numRows > 0; start += size) {
    const count = Math.min(size, numQueries - start);
    const own = given?.subarray(start * stride, (start + count) * stride) ?? vectors.rowQueries(rowIndices!, start, count);
    queries.view.set(own);
    const selves = Int32Array.from({ length: count }, (_, i) => rowIndices?.[start + i] ?? -1);
    await abortable(search({ queries, selves, places, rows }), options.signal);
    for (let i = 0; i < count; i++) {
      // A query without direction is as near to any row as to any other.
      if (vectors.metric === "cosine" && isZero(own, i * stride, stride)) continue;
      order.fill(rows.view, i * places, (row) => vectors.score(own, i * stride, row));
      order.write(indices, scores, (start + i) * limit);
    }
    options.onProgress?.({ done: start + count, total: numQueries });
  }
  return { limit, indices, scores, numFeaturesLeftOut: 0 };
}

/** Sorts the neighbors of one query, best first, equal scores by ascending row. */
class NeighborOrder {
  readonly #rows: Int32Array;
  readonly #scores: Float32Array;
  #size = 0;

  constructor(places: number) {
    this.#rows = new Int32Array(places);
    this.#scores = new Float32Array(places);
  }

  /** Rows come nearly in order, which insertion sort likes. */
  fill(found: Int32Array, from: number, scoreOf: (row: number) => number): void {
    const rows = this.#rows;
    const scores = this.#scores;
    this.#size = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = found[from + i]!;
      if (row < 0) break;
      const score = Math.fround(scoreOf(row));
      let at = this.#size++;
      for (; at > 0 && (scores[at - 1]! < score || (scores[at - 1] === score && rows[at - 1]! > row)); at--) {
        scores[at] = scores[at - 1]!;
        rows[at] = rows[at - 1]!;
      }
      scores[at] = score;
      rows[at] = row;
    }
  }

  write(indices: Int32Array, scores: Float32Array, at: number): void {
    indices.set(this.#rows.subarray(0, this.#size), at);
    scores.set(this.#scores.subarray(0, this.#size), at);
  }
}

function checkRows(rows: ArrayLike<number>, numRows: number): ArrayLike<number> {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (Number.isInteger(row) && row >= 0 && row < numRows) continue;
    throw new InvalidArgumentError("rowIndices", `rowIndices[${i}] is ${row}, not in [0, ${numRows})`);
  }
  return rows;
}

/** Gives a job that its signal ended the error of an abort. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (signal?.aborted) throw new AbortError(undefined, { cause: error });
    throw error;
  }
}

function isZero(values: Float32Array, from: number, length: number): boolean {
  for (let at = from; at < from + length; at++) if (values[at] !== 0) return false;
  return true;
}
