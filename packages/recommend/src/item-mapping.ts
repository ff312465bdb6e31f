import type { IdDictionary } from "@furze/dataset";
import type { ItemSpace } from "./item-space.ts";

/** Where the items of a model stand in the item space, and the other way round. Memory: 8 bytes an item. */
export class ItemMapping<Model> {
  /** Whose items these are: another model needs another mapping. */
  readonly model: Model;
  readonly toSpace: Int32Array;
  readonly #toModel: Int32Array;

  constructor(model: Model, itemIds: IdDictionary, space: ItemSpace) {
    this.model = model;
    this.toSpace = Int32Array.from(itemIds.ids(), (itemId) => space.indexOf(itemId));
    this.#toModel = new Int32Array(space.size).fill(-1);
    for (const [modelIndex, index] of this.toSpace.entries()) this.#toModel[index] = modelIndex;
  }

  /** Index in the model, -1 for an item that it does not know. */
  modelIndexOf(index: number): number {
    // Indices that were given after this mapping was made belong to items that the model cannot know.
    return this.#toModel[index] ?? -1;
  }

  /** Items that the model does not know are left out. */
  modelIndicesOf(indices: Int32Array): Int32Array {
    const known = new Int32Array(indices.length);
    return known.subarray(0, this.writeModelIndicesOf(indices, known, 0));
  }

  /** The same into an array that has the room, from a place on. @returns the place behind the last one */
  writeModelIndicesOf(indices: Int32Array, known: Int32Array, from: number): number {
    let end = from;
    for (let at = 0; at < indices.length; at++) {
      const modelIndex = this.modelIndexOf(indices[at] as number);
      if (modelIndex >= 0) known[end++] = modelIndex;
    }
    return end;
  }

  /** Places of -1 are passed over. */
  *spaceIndicesOf(modelIndices: Int32Array): Iterable<number> {
    for (const modelIndex of modelIndices) if (modelIndex >= 0) yield this.toSpace[modelIndex] as number;
  }
}
