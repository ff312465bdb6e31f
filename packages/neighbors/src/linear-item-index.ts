import { InvalidArgumentError, throwIfAborted } from "@furze/core";
import type { UserItemMatrix } from "@furze/dataset";
import { defaultKernelPool, type KernelArray, KernelArrays, KernelMemory, type KernelPool } from "@furze/kernels";
import { INVERSION_BLOCK, invertPositive } from "./invert-positive.ts";
import type { NeighborIndex, NeighborSearchOptions, NeighborTable } from "./neighbor-table.ts";

export interface LinearItemOptions {
  /**
   * Penalty of all weights, as a multiple of the mean over items of their (weighted) number of users, > 0. Default 3. More makes weights that
   * rest on little feedback smaller.
   */
  readonly regularization?: number | undefined;
  /** Penalty by the item's own number of users, >= 0: d / (1 - d) where a share d of the feedback is missing at random. Default 0.5. */
  readonly denoising?: number | undefined;
  /** A user with n items counts as much as n ** -activityExponent, >= 0. Default 0.5: who likes everything tells less of each item. */
  readonly activityExponent?: number | undefined;
  /** 1 for items that stand in nobody's list. Default: none. */
  readonly isExcluded?: Uint8Array | undefined;
  /** Threads to work on. Default: the pool of the process. */
  readonly pool?: KernelPool | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** 20,000 items take 1.6 GB. */
const MOST_ITEMS = 20_000;
const ITEMS_PER_CHUNK = 16;

type Matrix = KernelArray<Float32Array<SharedArrayBuffer>>;

/**
 * Item-to-item weights of a linear model: what a user likes is predicted by the sum of the weights of what he has, fitted over all users in
 * closed form. Unlike similarities, the weights know of each other, so that two items that say the same are not counted twice.
 *
 * Cost: numItems^3 multiplications, 4.5 s of processor time for the 3,706 items of MovieLens-1M; memory 4 * numItems^2 bytes. A search sorts the
 * weights of each item, 0.5 ms there, on the calling thread.
 * Source: Steck, WWW 2019 (EASE); Steck, NeurIPS 2020 (penalty by the number of users).
 */
export class LinearItemIndex implements NeighborIndex {
  readonly numRows: number;
  readonly #memory: KernelMemory;
  readonly #size: number;
  /** Inverse of the penalized co-occurrences. */
  readonly #inverse: Matrix;
  readonly #isExcluded: Uint8Array | undefined;

  private constructor(
    parts: { memory: KernelMemory; inverse: Matrix; size: number; numRows: number },
    isExcluded?: Uint8Array,
  ) {
    this.#memory = parts.memory;
    this.#inverse = parts.inverse;
    this.#size = parts.size;
    this.numRows = parts.numRows;
    this.#isExcluded = isExcluded;
  }

  /**
   * @param matrix who likes what; weights of entries are ignored
   * @throws {InvalidArgumentError} if there are more than 20,000 items or an option is out of range
   * @throws {AbortError} or the reason of the signal when it is aborted
   */
  static async fit(matrix: UserItemMatrix, options: LinearItemOptions = {}): Promise<LinearItemIndex> {
    const { pool = defaultKernelPool(), signal, isExcluded } = options;
    const { numItems } = matrix;
    if (numItems > MOST_ITEMS) {
      const message = `a linear item model takes at most ${MOST_ITEMS} items, got ${numItems}: use similarity by users`;
      throw new InvalidArgumentError("matrix", message);
    }
    checkOptions(options);
    throwIfAborted(signal);
    const memory = new KernelMemory();
    try {
      const size = Math.ceil(numItems / INVERSION_BLOCK) * INVERSION_BLOCK;
      const inverse = memory.allocFloat32(size * size);
      await fillCoOccurrences(inverse, size, matrix, { memory, pool, options });
      penalize(inverse.view, size, numItems, options);
      await invertPositive(inverse, size, { memory, pool, signal });
      return new LinearItemIndex({ memory, inverse, size, numRows: numItems }, isExcluded);
    } catch (error) {
      memory.dispose();
      throw error;
    }
  }

  /**
   * Weights of other items for someone who has the given ones: those with the largest absolute value, in descending order. The last may be below
   * 0, and speak against an item.
   */
  search(rowIndices: ArrayLike<number>, limit: number, options: NeighborSearchOptions = {}): Promise<NeighborTable> {
    const numQueries = rowIndices.length;
    const indices = new Int32Array(numQueries * limit).fill(-1);
    const scores = new Float32Array(numQueries * limit);
    for (let query = 0; query < numQueries; query++) {
      const row = rowIndices[query]!;
      if (!(row >= 0 && row < this.numRows)) throw new InvalidArgumentError("rowIndices", `there is no item ${row}`);
      throwIfAborted(options.signal);
      const { items, weights } = this.#largest(row, limit);
      indices.set(items, query * limit);
      scores.set(weights, query * limit);
      options.onProgress?.({ done: query + 1, total: numQueries });
    }
    return Promise.resolve({ limit, indices, scores, numFeaturesLeftOut: 0 });
  }

  dispose(): void {
    this.#memory.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #largest(row: number, limit: number): { items: Int32Array; weights: Float32Array } {
    const weights = this.#weightsOf(row);
    const sizes = weights.map(Math.abs).sort();
    const bar = sizes[Math.max(0, sizes.length - limit)]!;
    let items = new Int32Array(this.numRows).map((_, item) => item);
    items = items.filter((item) => weights[item] !== 0 && Math.abs(weights[item]!) >= bar);
    // Ties at the bar may be more than there is room for.
    items.sort((a, b) => Math.abs(weights[b]!) - Math.abs(weights[a]!) || a - b);
    items = items.subarray(0, limit).sort((a, b) => weights[b]! - weights[a]! || a - b);
    return { items, weights: Float32Array.from(items, (item) => weights[item]!) };
  }

  /** Weight of each item for someone who has the one of the row; 0 for the item itself and for those that are excluded. */
  #weightsOf(row: number): Float32Array {
    const { view } = this.#inverse;
    const weights = new Float32Array(this.numRows);
    for (let item = 0; item < this.numRows; item++) {
      if (item === row || this.#isExcluded?.[item] === 1) continue;
      weights[item] = -view[row * this.#size + item]! / view[item * this.#size + item]!;
    }
    return weights;
  }
}

interface Kernels {
  readonly memory: KernelMemory;
  readonly pool: KernelPool;
  readonly options: LinearItemOptions;
}

async function fillCoOccurrences(target: Matrix, size: number, matrix: UserItemMatrix, kernels: Kernels): Promise<void> {
  const { memory, pool, options } = kernels;
  const { activityExponent = 0.5, signal } = options;
  const { numUsers, userOffsets } = matrix;
  using arrays = new KernelArrays();
  const copy = (source: Int32Array): number => arrays.add(memory.copyInt32(source)).pointer;
  const csr = [matrix.itemOffsets, matrix.userIndices, userOffsets, matrix.itemIndices].map(copy);
  const mean = Math.max(1, matrix.numEntries / Math.max(1, numUsers));
  const weights = arrays.add(memory.allocFloat32(numUsers));
  for (let user = 0; user < numUsers; user++)
    weights.view[user] = (mean / Math.max(1, userOffsets[user + 1]! - userOffsets[user]!)) ** activityExponent;
  await pool.run({
    memory,
    kernel: "coOccurrences",
    args: [target.pointer, size, ...csr, weights.pointer],
    total: matrix.numItems,
    chunk: ITEMS_PER_CHUNK,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Adds the penalties to the diagonal; items that are there only to fill the last block stand alone. */
function penalize(view: Float32Array, size: number, numItems: number, options: LinearItemOptions): void {
  const { regularization = 3, denoising = 0.5 } = options;
  let sum = 0;
  for (let item = 0; item < numItems; item++) sum += view[item * size + item]!;
  const penalty = regularization * Math.max(1, sum / Math.max(1, numItems));
  for (let item = 0; item < size; item++) {
    const at = item * size + item;
    view[at] = item < numItems ? view[at]! * (1 + denoising) + penalty : 1;
  }
}

function checkOptions({ regularization = 3, denoising = 0.5, activityExponent = 0.5 }: LinearItemOptions): void {
  const bad = (path: string, value: number, range: string): InvalidArgumentError =>
    new InvalidArgumentError(path, `${path} must be ${range}, got ${value}`);
  if (!(regularization > 0 && regularization < Number.POSITIVE_INFINITY))
    throw bad("regularization", regularization, "above 0");
  if (!(denoising >= 0 && denoising < Number.POSITIVE_INFINITY)) throw bad("denoising", denoising, "at least 0");
  if (!(activityExponent >= 0 && activityExponent <= 4)) throw bad("activityExponent", activityExponent, "from 0 to 4");
}
