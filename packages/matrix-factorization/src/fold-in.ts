import { InvalidArgumentError, throwIfAborted } from "@furze/core";
import { type KernelArray, KernelArrays, type KernelPool } from "@furze/kernels";
import type { ModelParts } from "./model.ts";

type Floats = KernelArray<Float32Array<SharedArrayBuffer>>;

/** Weights of the least squares that stand in for BPR's own objective. */
const BPR_LEAST_SQUARES = { alpha: 0.05, regularization: 0.01, regularizationExponent: 1 };

/** Users that a thread takes at a time. */
const CHUNK = 4;

/** Solves for the factors of users who come with a list of items. */
export class FoldIn {
  readonly #parts: ModelParts;
  readonly #alpha: number;
  readonly #regularization: number;
  readonly #exponent: number;
  readonly #unobserved: number;
  /** For each item the list that it was met in last, by number. Memory: 8 bytes an item. */
  readonly #metIn: Float64Array;
  #round = 0;
  #prepared: { readonly gram: Floats; readonly meanNorm: number } | undefined;

  constructor(parts: ModelParts) {
    const { alpha, regularization, regularizationExponent } =
      parts.kind === "als" ? { ...BPR_LEAST_SQUARES, ...parts.parameters } : BPR_LEAST_SQUARES;
    this.#parts = parts;
    this.#alpha = alpha;
    this.#regularization = regularization;
    this.#exponent = regularizationExponent;
    this.#metIn = new Float64Array(parts.trainedItems.length);
    this.#unobserved = alpha * parts.trainedItems.reduce((count, trained) => count + trained, 0);
  }

  solve(itemIndices: ArrayLike<number>, values: ArrayLike<number> | undefined): Float32Array | undefined {
    const entries = this.#knownEntries(itemIndices, values);
    if (entries.weight === 0) return undefined;
    this.#prepared ??= this.#prepare();
    const { memory, items, stride, numFactors } = this.#parts.factors;
    using arrays = new KernelArrays();
    const matrix = arrays.add(memory.copyFloat32(this.#prepared.gram.view));
    const right = arrays.add(memory.allocFloat32(stride));
    const indices = arrays.add(memory.copyInt32(entries.indices));
    const weights = values === undefined ? undefined : arrays.add(memory.copyFloat32(entries.weights));
    memory.call(
      "addEntries",
      items.pointer,
      stride,
      indices.pointer,
      weights?.pointer ?? 0,
      indices.length,
      matrix.pointer,
      right.pointer,
    );
    if (memory.call("solveCholesky", matrix.pointer, stride, this.#penalty(entries.weight), right.pointer) !== 1)
      return undefined;
    return this.#scaled(new Float32Array(right.view.subarray(0, numFactors)), this.#prepared.meanNorm);
  }

  /** What `solve` gives for each list, all weights 1, on all threads of the pool. @throws {AbortError} if the signal is aborted */
  async solveMany(
    lists: readonly ArrayLike<number>[],
    pool: KernelPool,
    signal: AbortSignal | undefined,
  ): Promise<(Float32Array | undefined)[]> {
    this.#prepared ??= this.#prepare();
    const { gram, meanNorm } = this.#prepared;
    const { memory, items, stride, numFactors } = this.#parts.factors;
    using arrays = new KernelArrays();
    const offsets = arrays.add(memory.allocInt32(lists.length + 1));
    const indices = arrays.add(memory.allocInt32(lists.reduce((sum, { length }) => sum + length, 0)));
    const penalties = arrays.add(memory.allocFloat32(lists.length));
    for (const [row, list] of lists.entries()) {
      const start = offsets.view[row]!;
      const end = this.#writeKnownItems(list, indices.view, start);
      offsets.view[row + 1] = end;
      penalties.view[row] = this.#penalty(end - start);
    }
    const found = arrays.add(memory.allocFloat32(lists.length * stride));
    const solved = arrays.add(memory.allocUint8(lists.length));
    const threadArgs = Array.from({ length: pool.threads }, () => [arrays.add(memory.allocFloat32(stride * stride)).pointer]);
    const args = [items.pointer, stride, gram.pointer, offsets.pointer, indices.pointer, penalties.pointer];
    args.push(found.pointer, solved.pointer);
    const job = { memory, kernel: "foldInRows", args, threadArgs, total: lists.length, chunk: CHUNK };
    try {
      await pool.run(signal === undefined ? job : { ...job, signal });
    } catch (error) {
      throwIfAborted(signal);
      throw error;
    }
    return lists.map((_, row) => {
      if (offsets.view[row] === offsets.view[row + 1] || solved.view[row] !== 1) return undefined;
      return this.#scaled(new Float32Array(found.view.subarray(row * stride, row * stride + numFactors)), meanNorm);
    });
  }

  #penalty(weight: number): number {
    return this.#regularization * (weight + this.#unobserved) ** this.#exponent;
  }

  /** Those with feedback, each once, from a place on. @returns the place behind the last one */
  #writeKnownItems(itemIndices: ArrayLike<number>, into: Int32Array, from: number): number {
    const { trainedItems } = this.#parts;
    const round = ++this.#round;
    let end = from;
    for (let i = 0; i < itemIndices.length; i++) {
      const item = itemIndices[i]!;
      if (trainedItems[item] !== 1 || this.#metIn[item] === round) continue;
      this.#metIn[item] = round;
      into[end++] = item;
    }
    return end;
  }

  #knownEntries(
    itemIndices: ArrayLike<number>,
    values: ArrayLike<number> | undefined,
  ): { indices: number[]; weights: number[]; weight: number } {
    if (values !== undefined && values.length !== itemIndices.length)
      throw new InvalidArgumentError("values", "values must be as many as the items");
    const byItem = new Map<number, number>();
    for (let i = 0; i < itemIndices.length; i++) {
      const weight = values === undefined ? 1 : values[i]!;
      if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
        throw new InvalidArgumentError("values", `values[${i}] must be a finite number >= 0, got ${weight}`);
      const item = itemIndices[i]!;
      // An item that comes twice counts once, as in a matrix.
      if (this.#parts.trainedItems[item] === 1) byItem.set(item, Math.max(weight, byItem.get(item) ?? 0));
    }
    const weights = [...byItem.values()];
    return { indices: [...byItem.keys()], weights, weight: weights.reduce((sum, weight) => sum + weight, 0) };
  }

  #prepare(): { gram: Floats; meanNorm: number } {
    const { memory, items, stride, numItems, numFactors } = this.#parts.factors;
    const gram = memory.allocFloat32(stride * stride);
    using arrays = new KernelArrays();
    const partial = arrays.add(memory.allocFloat32(stride * stride));
    memory.call("gramPartial", items.pointer, stride, partial.pointer, numItems, 0, numItems);
    memory.call("gramReduce", partial.pointer, 1, stride, this.#alpha, gram.pointer);
    // The padding is no unknown: a one on the diagonal keeps the matrix regular whatever the penalty is.
    for (let i = numFactors; i < stride; i++) gram.view[i * stride + i] = 1;
    return { gram, meanNorm: this.#parts.kind === "bpr" ? this.#meanNorm() : 0 };
  }

  #meanNorm(): number {
    const { trainedUsers, factors } = this.#parts;
    const { users, stride } = factors;
    let sum = 0;
    let count = 0;
    for (const [user, trained] of trainedUsers.entries()) {
      if (trained === 0) continue;
      sum += Math.hypot(...users.view.subarray(user * stride, (user + 1) * stride));
      count++;
    }
    return sum / Math.max(1, count);
  }

  #scaled(vector: Float32Array, meanNorm: number): Float32Array {
    const norm = Math.hypot(...vector);
    return meanNorm === 0 || norm === 0 ? vector : vector.map((value) => (value * meanNorm) / norm);
  }
}
