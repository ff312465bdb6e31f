import { InvalidArgumentError } from "@furze/core";
import type { KernelPool } from "@furze/kernels";

/** Vectors between which neighbors are sought, such as embeddings. */
export interface DenseRows {
  /** Shape [rows, dimension], row-major, finite. */
  readonly values: Float32Array;
  /** Numbers of a row, at least 1. */
  readonly dimension: number;
}

/**
 * How alike two vectors are; the score of a neighbor:
 * - `"cosine"`: their cosine, in [-1, 1]. A vector of zeros has no direction: it has no neighbors and is none.
 * - `"dot"`: their inner product; any number, so that a vector may be nearer to another than to itself.
 * - `"euclidean"`: 1 / (1 + distance), in (0, 1]; equal vectors have 1.
 */
export type DenseMetric = "cosine" | "dot" | "euclidean";

export interface DenseNeighborOptions {
  /** Default `"cosine"`. */
  readonly metric?: DenseMetric | undefined;
  /** 1 for rows that are never returned (hidden items); they have neighbors all the same. Default: none. */
  readonly isExcluded?: Uint8Array | undefined;
  /** Threads to work on. Default: the pool of the process. */
  readonly pool?: KernelPool | undefined;
}

/** @throws {InvalidArgumentError} if the shape does not fit or a value is not finite */
export function checkDenseRows({ values, dimension }: DenseRows, isExcluded?: Uint8Array): void {
  if (!(Number.isInteger(dimension) && dimension > 0)) {
    throw new InvalidArgumentError("dimension", `dimension must be a positive integer, got ${dimension}`);
  }
  checkVectors("values", values, dimension);
  const numRows = values.length / dimension;
  if (isExcluded !== undefined && isExcluded.length !== numRows) {
    throw new InvalidArgumentError("isExcluded", `isExcluded must have ${numRows} elements, has ${isExcluded.length}`);
  }
}

/** @throws {InvalidArgumentError} if these are not whole vectors of finite numbers */
export function checkVectors(name: string, values: Float32Array, dimension: number): void {
  if (values.length % dimension !== 0) {
    throw new InvalidArgumentError(name, `${name} has ${values.length} numbers, which is no multiple of ${dimension}`);
  }
  for (let at = 0; at < values.length; at++) {
    if (Number.isFinite(values[at])) continue;
    throw new InvalidArgumentError(name, `${name}[${at}] (vector ${Math.floor(at / dimension)}) is ${values[at]}`);
  }
}
