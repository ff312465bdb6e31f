import { InvalidArgumentError } from "@furze/core";
import type { KernelPool } from "@furze/kernels";
import type { DenseMetric } from "./dense-rows.ts";
import { DenseVectors } from "./dense-vectors.ts";
import { HnswGraph } from "./hnsw-graph.ts";

/** An index as plain values, for any storage format. */
export interface HnswArrays {
  readonly metric: DenseMetric;
  readonly m: number;
  readonly ef: number;
  /** Row where searches start, -1 when there is none. */
  readonly entry: number;
  /** Length: the dimension. */
  readonly mean: Float32Array;
  /** As they are compared, shape [rows, dimension rounded up to a multiple of 4]; with metric "dot" of one more number. */
  readonly vectors: Float32Array;
  /** 0 for rows that are excluded or deleted. */
  readonly isAllowed: Uint8Array;
  readonly levels: Uint8Array;
  readonly baseLinks: Int32Array;
  readonly upperLinks: Int32Array;
}

export function saveArrays(vectors: DenseVectors, graph: HnswGraph, ef: number): HnswArrays {
  return {
    metric: vectors.metric,
    m: graph.m,
    ef,
    entry: graph.entry,
    mean: vectors.mean.slice(),
    vectors: new Float32Array(vectors.view),
    isAllowed: vectors.isAllowed.slice(),
    levels: graph.levels.slice(),
    baseLinks: new Int32Array(graph.base.view),
    upperLinks: new Int32Array(graph.upper.view),
  };
}

/** @throws {InvalidArgumentError} if the arrays do not fit each other */
export function loadArrays(arrays: HnswArrays, pool: KernelPool | undefined): { vectors: DenseVectors; graph: HnswGraph } {
  const { metric, m, entry, mean, isAllowed, levels } = arrays;
  const numRows = isAllowed.length;
  expectLength("levels", levels, numRows);
  if (!(Number.isInteger(entry) && entry >= -1 && entry < numRows)) {
    throw new InvalidArgumentError("entry", `entry is ${entry}, not in [-1, ${numRows})`);
  }
  const vectors = new DenseVectors({ metric, numRows, mean: mean.slice(), pool });
  try {
    const graph = new HnswGraph(vectors, m, levels.slice(), entry);
    expectLength("vectors", arrays.vectors, vectors.view.length);
    expectLinks("baseLinks", arrays.baseLinks, graph.base.length, 2 * m, numRows);
    expectLinks("upperLinks", arrays.upperLinks, graph.upper.length, m, numRows);
    expectReachable(arrays);
    vectors.view.set(arrays.vectors);
    vectors.isAllowed.set(isAllowed);
    graph.base.view.set(arrays.baseLinks);
    graph.upper.view.set(arrays.upperLinks);
    return { vectors, graph };
  } catch (error) {
    vectors.memory.dispose();
    throw error;
  }
}

function expectLength(name: string, array: ArrayLike<number>, length: number): void {
  if (array.length !== length)
    throw new InvalidArgumentError(name, `${name} must have ${length} elements, has ${array.length}`);
}

/** A kernel follows links unchecked, so none may lead out of the arrays. */
function expectLinks(name: string, lists: Int32Array, length: number, most: number, numRows: number): void {
  expectLength(name, lists, length);
  for (let at = 0; at < lists.length; at++) {
    const value = lists[at]!;
    const bound = at % (most + 1) === 0 ? most + 1 : numRows;
    if (value < 0 || value >= bound) throw new InvalidArgumentError(name, `${name}[${at}] is ${value}, not in [0, ${bound})`);
  }
}

/** In the layers above, links may only lead to rows that have a list there, and the entry has one in each. */
function expectReachable({ m, entry, levels, upperLinks }: HnswArrays): void {
  const highest = levels[entry] ?? 0;
  let list = 0;
  for (let row = 0; row < levels.length; row++) {
    for (let level = 1; level <= levels[row]!; level++, list++) {
      const start = list * (m + 1);
      for (let at = start + 1; at <= start + upperLinks[start]!; at++) {
        if (levels[upperLinks[at]!]! >= level) continue;
        throw new InvalidArgumentError(
          "upperLinks",
          `upperLinks[${at}] leads to a row that is not in layer ${level} of ${highest}`,
        );
      }
    }
  }
}
