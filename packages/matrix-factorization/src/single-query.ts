import { type KernelArray, KernelArrays } from "@furze/kernels";
import type { Factors } from "./factors.ts";
import { copied, maskedBiases, type RankedItems } from "./top-items.ts";

type Floats = KernelArray<Float32Array<SharedArrayBuffer>>;

/** Queries for one vector on the calling thread; what they share is prepared at the first one. */
export class SingleQuery {
  readonly #factors: Factors;
  readonly #trainedItems: Uint8Array;
  #biases: Floats | undefined;
  #similarity: { readonly mask: Floats; readonly inverseNorms: Floats } | undefined;

  constructor(factors: Factors, trainedItems: Uint8Array) {
    this.#factors = factors;
    this.#trainedItems = trainedItems;
  }

  bestItems(vector: ArrayLike<number>, limit: number, exclude: ArrayLike<number>): RankedItems {
    this.#biases ??= maskedBiases(this.#factors, this.#trainedItems);
    return this.#run(vector, this.#biases.pointer, 0, limit, exclude);
  }

  similarItems(itemIndex: number, limit: number): RankedItems {
    this.#similarity ??= this.#prepareSimilarity();
    const { mask, inverseNorms } = this.#similarity;
    const { items, stride } = this.#factors;
    const scale = inverseNorms.view[itemIndex]!;
    const vector = items.view.slice(itemIndex * stride, (itemIndex + 1) * stride).map((value) => value * scale);
    return this.#run(vector, mask.pointer, inverseNorms.pointer, limit, [itemIndex]);
  }

  #run(vector: ArrayLike<number>, biases: number, scales: number, limit: number, exclude: ArrayLike<number>): RankedItems {
    const { memory, items, numItems, stride } = this.#factors;
    const places = Math.min(limit, numItems);
    using arrays = new KernelArrays();
    const user = arrays.add(memory.allocFloat32(stride));
    user.view.set(vector);
    const excluded = arrays.add(memory.copyInt32(inRange(exclude, numItems)));
    const scratch = arrays.add(memory.allocFloat32(memory.call("topItemsOfOneScratch", places) ?? 0));
    const scores = arrays.add(memory.allocFloat32(places));
    const indices = arrays.add(memory.allocInt32(places));
    const args = [user.pointer, items.pointer, numItems, stride, biases, scales, places, excluded.pointer, excluded.length];
    memory.call("topItemsOfOne", ...args, scores.pointer, indices.pointer, scratch.pointer);
    const end = indices.view.indexOf(-1);
    const length = end < 0 ? places : end;
    return copied(indices.view.subarray(0, length), scores.view.subarray(0, length));
  }

  #prepareSimilarity(): { mask: Floats; inverseNorms: Floats } {
    const { memory, items, numItems, stride } = this.#factors;
    const padded = Math.ceil(numItems / 8) * 8;
    const mask = memory.allocFloat32(padded);
    const inverseNorms = memory.allocFloat32(padded);
    for (let item = 0; item < padded; item++) {
      const row = items.view.subarray(item * stride, (item + 1) * stride);
      const squares = row.reduce((sum, value) => sum + value * value, 0);
      inverseNorms.view[item] = squares > 0 ? 1 / Math.sqrt(squares) : 0;
      mask.view[item] = this.#trainedItems[item] === 1 ? 0 : Number.NEGATIVE_INFINITY;
    }
    return { mask, inverseNorms };
  }
}

/** The indices inside the model, ascending, which the kernel relies on. */
function inRange(indices: ArrayLike<number>, limit: number): Int32Array {
  return Int32Array.from(indices)
    .filter((index) => index >= 0 && index < limit)
    .sort();
}
