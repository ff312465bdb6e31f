import { defaultKernelPool, KernelMemory, type KernelPool } from "@furze/kernels";
import { checkDenseRows, checkVectors, type DenseMetric, type DenseNeighborOptions, type DenseRows } from "./dense-rows.ts";

type Floats = Float32Array<SharedArrayBuffer>;

export interface DenseVectorsShape {
  readonly metric: DenseMetric;
  readonly numRows: number;
  /** Its length is the dimension. */
  readonly mean: Float32Array;
  readonly pool: KernelPool | undefined;
}

/**
 * Vectors in kernel memory, changed such that the nearest by Euclidean distance are the best by the metric: cosine has unit vectors,
 * Euclidean has its mean moved to zero (which keeps rounding errors small), and dot has one more number, which gives all rows the same
 * length. Queries have 0 there.
 *
 * Source of the last: Bachrach et al., RecSys 2014.
 */
export class DenseVectors {
  readonly memory: KernelMemory;
  readonly pool: KernelPool;
  readonly metric: DenseMetric;
  readonly dimension: number;
  readonly numRows: number;
  /** Floats of a row in kernel memory, a multiple of 4. */
  readonly stride: number;
  readonly pointer: number;
  readonly view: Floats;
  /** 1 for rows that may be returned. */
  readonly isAllowed: Uint8Array;
  /** Subtracted from rows and queries. */
  readonly mean: Float32Array;

  /** Zeros; see `prepare`. */
  constructor({ metric, numRows, mean, pool }: DenseVectorsShape) {
    this.metric = metric;
    this.pool = pool ?? defaultKernelPool();
    this.dimension = mean.length;
    this.numRows = numRows;
    this.stride = Math.ceil((mean.length + (metric === "dot" ? 1 : 0)) / 4) * 4;
    this.mean = mean;
    this.isAllowed = new Uint8Array(numRows);
    this.memory = new KernelMemory();
    const array = this.memory.allocFloat32(numRows * this.stride);
    this.pointer = array.pointer;
    this.view = array.view;
  }

  /** @throws {InvalidArgumentError} if the shape does not fit or a value is not finite */
  static prepare(rows: DenseRows, { metric = "cosine", isExcluded, pool }: DenseNeighborOptions): DenseVectors {
    checkDenseRows(rows, isExcluded);
    const numRows = rows.values.length / rows.dimension;
    const mean = metric === "euclidean" ? meanOf(rows) : new Float32Array(rows.dimension);
    const vectors = new DenseVectors({ metric, numRows, mean, pool });
    vectors.#write(rows.values, vectors.view);
    for (let row = 0; row < numRows; row++) {
      vectors.isAllowed[row] = (isExcluded?.[row] ?? 0) === 0 && vectors.hasDirection(row) ? 1 : 0;
    }
    if (metric === "dot") vectors.#lengthen();
    return vectors;
  }

  /** Whether the row can have neighbors: false for zeros under cosine. */
  hasDirection(row: number): boolean {
    if (this.metric !== "cosine") return true;
    return this.view.subarray(row * this.stride, row * this.stride + this.dimension).some((value) => value !== 0);
  }

  /** Half the squared length of a row by Euclidean distance; by the other metrics all rows have the same length, and this is 0. */
  halfSquare(row: number): number {
    if (this.metric !== "euclidean") return 0;
    const { view, stride } = this;
    let sum = 0;
    for (let at = row * stride; at < (row + 1) * stride; at++) sum += view[at]! ** 2;
    return sum / 2;
  }

  /** Query vectors, shape [queries, dimension], as the kernels compare them with the rows, shape [queries, stride]. */
  toQueries(values: Float32Array): Float32Array {
    checkVectors("vectors", values, this.dimension);
    const queries = new Float32Array((values.length / this.dimension) * this.stride);
    this.#write(values, queries);
    return queries;
  }

  /** Rows as queries. */
  rowQueries(rows: ArrayLike<number>, start: number, count: number): Float32Array {
    const queries = new Float32Array(count * this.stride);
    for (let i = 0; i < count; i++) {
      const at = rows[start + i]! * this.stride;
      queries.set(this.view.subarray(at, at + this.dimension), i * this.stride);
    }
    return queries;
  }

  /** Score of a row for a query (stride floats from `at`), from the numbers themselves. */
  score(queries: Float32Array, at: number, row: number): number {
    const { view, dimension } = this;
    const start = row * this.stride;
    let sum = 0;
    if (this.metric === "euclidean") {
      for (let i = 0; i < dimension; i++) sum += (queries[at + i]! - view[start + i]!) ** 2;
      return 1 / (1 + Math.sqrt(sum));
    }
    for (let i = 0; i < dimension; i++) sum += queries[at + i]! * view[start + i]!;
    return sum;
  }

  #write(values: Float32Array, target: Float32Array): void {
    const { dimension, stride } = this;
    for (let row = 0; row * dimension < values.length; row++) {
      const from = row * dimension;
      const scale = this.metric === "cosine" ? inverseNorm(values, from, dimension) : 1;
      for (let i = 0; i < dimension; i++) target[row * stride + i] = (values[from + i]! - this.mean[i]!) * scale;
    }
  }

  /** The longest row gets 0, the others what they lack. */
  #lengthen(): void {
    const { view, stride, dimension, numRows } = this;
    const squares = Float64Array.from({ length: numRows }, (_, row) => {
      let sum = 0;
      for (let at = row * stride; at < row * stride + dimension; at++) sum += view[at]! ** 2;
      return sum;
    });
    const most = squares.reduce((longest, square) => Math.max(longest, square), 0);
    for (let row = 0; row < numRows; row++) view[row * stride + dimension] = Math.sqrt(most - squares[row]!);
  }
}

function inverseNorm(values: Float32Array, from: number, dimension: number): number {
  let sum = 0;
  for (let at = from; at < from + dimension; at++) sum += values[at]! ** 2;
  return sum === 0 ? 0 : 1 / Math.sqrt(sum);
}

function meanOf({ values, dimension }: DenseRows): Float32Array {
  const sums = new Float64Array(dimension);
  for (let at = 0; at < values.length; at++) sums[at % dimension]! += values[at]!;
  return Float32Array.from(sums, (sum) => (values.length === 0 ? 0 : (sum * dimension) / values.length));
}
