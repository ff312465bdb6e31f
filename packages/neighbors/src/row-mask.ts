import { InvalidArgumentError } from "@furze/core";
import type { KernelArray } from "@furze/kernels";
import type { DenseVectors } from "./dense-vectors.ts";

/** The rows that a search may return, as the kernels want them. Kept by an index, so that a search costs nothing for each row. */
export class RowMask {
  /** 1 for rows that may be returned. */
  readonly flags: KernelArray<Uint8Array<SharedArrayBuffer>>;
  readonly #vectors: DenseVectors;
  #count: number;
  #biases: KernelArray<Float32Array<SharedArrayBuffer>> | undefined;

  /** @param isAllowed one for each row; copied */
  constructor(vectors: DenseVectors, isAllowed: Uint8Array) {
    this.#vectors = vectors;
    this.flags = vectors.memory.allocUint8(isAllowed.length);
    this.flags.view.set(isAllowed);
    this.#count = 0;
    for (let row = 0; row < isAllowed.length; row++) this.#count += isAllowed[row]!;
  }

  /** Number of rows that may be returned. */
  get count(): number {
    return this.#count;
  }

  /** Those that are wanted too. @throws {InvalidArgumentError} if the lengths differ */
  and(wanted: Uint8Array): RowMask {
    const { view, length } = this.flags;
    if (wanted.length !== length) {
      throw new InvalidArgumentError("isAllowed", `isAllowed must have ${length} elements, has ${wanted.length}`);
    }
    const both = new Uint8Array(length);
    for (let row = 0; row < length; row++) both[row] = wanted[row] === 0 ? 0 : view[row]!;
    return new RowMask(this.#vectors, both);
  }

  forbid(row: number): void {
    if (this.flags.view[row] === 0) return;
    this.flags.view[row] = 0;
    this.#count--;
    if (this.#biases !== undefined) this.#biases.view[row] = Number.NEGATIVE_INFINITY;
  }

  /** What the inner products of brute force lack to an order by distance, up to the next multiple of 8; -Infinity where forbidden. */
  biases(): KernelArray<Float32Array<SharedArrayBuffer>> {
    if (this.#biases !== undefined) return this.#biases;
    const { memory, numRows } = this.#vectors;
    const biases = memory.allocFloat32(Math.ceil(numRows / 8) * 8);
    const { view } = biases;
    const flags = this.flags.view;
    view.fill(Number.NEGATIVE_INFINITY);
    for (let row = 0; row < numRows; row++) if (flags[row] === 1) view[row] = -this.#vectors.halfSquare(row);
    this.#biases = biases;
    return biases;
  }

  [Symbol.dispose](): void {
    this.flags.free();
    this.#biases?.free();
  }
}
