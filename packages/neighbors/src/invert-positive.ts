import { InvalidArgumentError } from "@furze/core";
import { type KernelArray, KernelArrays, type KernelMemory, type KernelPool } from "@furze/kernels";

/** Rows and columns eliminated together; sizes of matrices are multiples of it. */
export const INVERSION_BLOCK = 64;
/** Rows of a kernel call: a few milliseconds. */
const ROWS_PER_CHUNK = 32;

export interface InvertPositiveOptions {
  readonly memory: KernelMemory;
  readonly pool: KernelPool;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Inverts a symmetric positive definite matrix in place, by Gauss-Jordan elimination in blocks: pivots of such a matrix need no search.
 *
 * @param matrix shape [size, size], row-major
 * @param size a multiple of `INVERSION_BLOCK`
 * @throws {InvalidArgumentError} if the matrix is not positive definite, as far as 32-bit numbers can tell
 * @throws the reason of the signal when it is aborted; the matrix is worth nothing then
 * Cost: size^3 multiplications in vectors on all threads; memory 8 * 64 * size bytes.
 */
export async function invertPositive(
  matrix: KernelArray<Float32Array<SharedArrayBuffer>>,
  size: number,
  { memory, pool, signal }: InvertPositiveOptions,
): Promise<void> {
  const block = INVERSION_BLOCK;
  using arrays = new KernelArrays();
  const panel = arrays.add(memory.allocFloat32(block * size));
  const coefficients = arrays.add(memory.allocFloat32(block * size));
  const negated = arrays.add(memory.allocFloat32(block * block));
  for (let first = 0; first < size; first += block) {
    const inverse = invertBlock(matrix.view, size, first);
    negated.view.set(inverse.map((value) => -value));
    placeIdentity(matrix.view, size, first);
    panel.view.fill(0);
    // The pivot rows, multiplied by the inverse of their block.
    const pivots = matrix.pointer + 4 * first * size;
    memory.call("subtractProducts", panel.pointer, size, negated.pointer, pivots, block, 0, block);
    for (let row = 0; row < size; row++) {
      const start = row * size + first;
      coefficients.view.set(matrix.view.subarray(start, start + block), row * block);
      matrix.view.fill(0, start, start + block);
    }
    await pool.run({
      memory,
      kernel: "subtractProducts",
      args: [matrix.pointer, size, coefficients.pointer, panel.pointer, block],
      total: size,
      chunk: ROWS_PER_CHUNK,
      ...(signal === undefined ? {} : { signal }),
    });
    matrix.view.set(panel.view, first * size);
  }
}

/** Makes a block on the diagonal the identity. */
function placeIdentity(view: Float32Array, size: number, first: number): void {
  for (let row = first; row < first + INVERSION_BLOCK; row++) {
    view.fill(0, row * size + first, row * size + first + INVERSION_BLOCK);
    view[row * size + row] = 1;
  }
}

/** Inverse of the block on the diagonal that begins at `first`, in 64-bit numbers. */
function invertBlock(view: Float32Array, size: number, first: number): Float64Array {
  const n = INVERSION_BLOCK;
  const work = new Float64Array(n * n);
  for (let row = 0; row < n; row++)
    for (let column = 0; column < n; column++) work[row * n + column] = view[(first + row) * size + first + column]!;
  for (let pivot = 0; pivot < n; pivot++) {
    const value = work[pivot * n + pivot]!;
    if (!(value > 0)) throw new InvalidArgumentError("matrix", "the matrix must be positive definite");
    work[pivot * n + pivot] = 1;
    for (let column = 0; column < n; column++) work[pivot * n + column]! /= value;
    for (let row = 0; row < n; row++) {
      if (row === pivot) continue;
      const factor = work[row * n + pivot]!;
      work[row * n + pivot] = 0;
      for (let column = 0; column < n; column++) work[row * n + column]! -= factor * work[pivot * n + column]!;
    }
  }
  return work;
}
