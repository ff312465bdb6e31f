import type { SeededRandom } from "@furze/dataset";
import { countNonFinite, type FitThreads, type Trainable } from "@furze/fitting";
import { type KernelArray, KernelMemory } from "@furze/kernels";

/** Floats between two rows in kernel memory: kernels read rows in steps of eight floats, what a row lacks is zero. */
export function strideOf(numFactors: number): number {
  return Math.ceil(numFactors / 8) * 8;
}

/** Shape of a set of factors. */
export interface FactorShape {
  readonly numUsers: number;
  readonly numItems: number;
  readonly numFactors: number;
}

/** Factors of users and items in a kernel memory of their own. */
export class Factors implements FactorShape, Trainable<Factors> {
  readonly numUsers: number;
  readonly numItems: number;
  readonly numFactors: number;
  readonly stride: number;
  readonly memory: KernelMemory;
  readonly users: KernelArray<Float32Array<SharedArrayBuffer>>;
  readonly items: KernelArray<Float32Array<SharedArrayBuffer>>;
  /** Constant part of each item's score, all 0 for models without one. */
  readonly biases: KernelArray<Float32Array<SharedArrayBuffer>>;

  constructor({ numUsers, numItems, numFactors }: FactorShape) {
    this.numUsers = numUsers;
    this.numItems = numItems;
    this.numFactors = numFactors;
    this.stride = strideOf(numFactors);
    this.memory = new KernelMemory({ initialBytes: 4 * this.stride * (numUsers + numItems) + 4 * numItems });
    this.users = this.memory.allocFloat32(numUsers * this.stride);
    this.items = this.memory.allocFloat32(numItems * this.stride);
    this.biases = this.memory.allocFloat32(numItems);
  }

  /** Overwrites these factors with others of the same shape. */
  copyFrom(other: Factors): void {
    this.users.view.set(other.users.view);
    this.items.view.set(other.items.view);
    this.biases.view.set(other.biases.view);
  }

  clone(): Factors {
    const copy = new Factors(this);
    copy.copyFrom(this);
    return copy;
  }

  countNonFinite(threads: FitThreads): Promise<number> {
    return countNonFinite(threads, this.memory, [this.users, this.items, this.biases]);
  }

  dispose(): void {
    this.memory.dispose();
  }
}

/** Fills the first `numFactors` columns of each row with normal numbers of the given standard deviation. */
export function fillNormal(
  rows: Float32Array,
  stride: number,
  numFactors: number,
  deviation: number,
  random: SeededRandom,
): void {
  for (let start = 0; start < rows.length; start += stride)
    random.fillNormal(rows.subarray(start, start + numFactors), deviation);
}

/** Sum of the weights of each row, the number of its entries when there are none. */
export function rowWeights(offsets: Int32Array, values: Float32Array | undefined): Float64Array {
  const weights = new Float64Array(offsets.length - 1);
  for (let row = 0; row < weights.length; row++) {
    const start = offsets[row]!;
    const end = offsets[row + 1]!;
    let sum = end - start;
    if (values !== undefined) {
      sum = 0;
      for (let entry = start; entry < end; entry++) sum += values[entry]!;
    }
    weights[row] = sum;
  }
  return weights;
}

/** 1 for rows with a positive weight, 0 for the others. */
export function trainedRows(weights: Float64Array): Uint8Array {
  return Uint8Array.from(weights, (weight) => (weight > 0 ? 1 : 0));
}
