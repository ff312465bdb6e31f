import type { MergedCandidate } from "../candidate-list.ts";
import type { ItemMapping } from "../item-mapping.ts";
import type { ItemSpace } from "../item-space.ts";
import type { CollaborativeModel } from "../models/collaborative-model.ts";

/** How alike the items of one list are, in [0, 1]. One instance serves many lists, one after another. */
export class ListSimilarity {
  readonly #space: ItemSpace;
  readonly #mapping: ItemMapping<CollaborativeModel> | undefined;
  /** Row-major unit vectors, shape [list length, numFactors]. */
  #vectors = new Float32Array(0);
  #hasVector: readonly boolean[] = [];
  #categories: readonly (readonly string[])[] = [];

  /** @param mapping the model to take item vectors from; without one categories alone count */
  constructor(space: ItemSpace, mapping: ItemMapping<CollaborativeModel> | undefined) {
    this.#space = space;
    this.#mapping = mapping;
  }

  /** Looks at another list from now on. */
  take(list: readonly MergedCandidate[]): void {
    this.#categories = list.map(({ index }) => this.#space.categoriesOf(index));
    if (this.#mapping === undefined) return;
    const { numFactors } = this.#mapping.model.factors;
    if (this.#vectors.length < list.length * numFactors) this.#vectors = new Float32Array(list.length * numFactors);
    this.#hasVector = list.map(({ index }, place) => this.#copyUnitVector(index, place));
  }

  /** Similarity of the items at two places of the list. */
  between(a: number, b: number): number {
    if (this.#hasVector[a] === true && this.#hasVector[b] === true) return Math.max(0, this.#cosine(a, b));
    return jaccard(this.#categories[a] ?? [], this.#categories[b] ?? []);
  }

  #cosine(a: number, b: number): number {
    const numFactors = this.#mapping?.model.factors.numFactors ?? 0;
    const vectors = this.#vectors;
    let sum = 0;
    for (let i = a * numFactors, j = b * numFactors, end = i + numFactors; i < end; i++, j++) {
      sum += (vectors[i] as number) * (vectors[j] as number);
    }
    return sum;
  }

  #copyUnitVector(index: number, place: number): boolean {
    const { factors } = (this.#mapping as ItemMapping<CollaborativeModel>).model;
    const { numFactors, factorStride, itemFactors } = factors;
    const modelIndex = (this.#mapping as ItemMapping<CollaborativeModel>).modelIndexOf(index);
    if (!factors.isItemTrained(modelIndex)) return false;
    const start = modelIndex * factorStride;
    let squares = 0;
    for (let factor = 0; factor < numFactors; factor++) squares += (itemFactors[start + factor] as number) ** 2;
    if (squares === 0) return false;
    const scale = 1 / Math.sqrt(squares);
    for (let factor = 0; factor < numFactors; factor++) {
      this.#vectors[place * numFactors + factor] = (itemFactors[start + factor] as number) * scale;
    }
    return true;
  }
}

/** Share of common categories; 0 when either has none. */
function jaccard(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  if (a === b) return 1;
  const common = a.filter((category) => b.includes(category)).length;
  return common / (a.length + b.length - common);
}
