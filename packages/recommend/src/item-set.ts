import { ItemMarks } from "./item-marks.ts";

/** One table for all sets: it shows the set that was asked last. */
const marks = new ItemMarks();

/**
 * Items, each once, in an order of their own, by their index. As small as an array; whether an item is among them is told by a table that
 * all sets share, so that asking about many items of one set is fast and asking about one item of many sets is not.
 *
 * Cost: 4 bytes an item; the first `has` after another set's O(items), each further one O(1).
 */
export class ItemSet {
  static readonly EMPTY: ItemSet = new ItemSet(new Int32Array(0));

  /** In the order of the set. Not to be changed. */
  readonly indices: Int32Array;

  private constructor(indices: Int32Array) {
    this.indices = indices;
  }

  /** The items, each where it comes first, but for those of `without`. Copies them. */
  static of(indices: ArrayLike<number>, without: ItemSet = ItemSet.EMPTY): ItemSet {
    marks.begin();
    for (const index of without.indices) marks.add(index);
    const found = new Int32Array(indices.length);
    let size = 0;
    for (let place = 0; place < indices.length; place++) {
      const index = indices[place] as number;
      if (marks.add(index)) found[size++] = index;
    }
    if (size === 0) return ItemSet.EMPTY;
    return new ItemSet(size === found.length ? found : found.slice(0, size));
  }

  get size(): number {
    return this.indices.length;
  }

  has(index: number): boolean {
    if (!marks.shows(this)) {
      marks.begin(this);
      for (let at = 0; at < this.indices.length; at++) marks.add(this.indices[at] as number);
    }
    return marks.has(index);
  }

  [Symbol.iterator](): IterableIterator<number> {
    return this.indices[Symbol.iterator]();
  }
}
