/** Items that a generator proposes to one user: indices of the item space, best first. */
export interface Candidates {
  readonly items: Int32Array;
  readonly scores: Float32Array;
}

export const NO_CANDIDATES: Candidates = { items: new Int32Array(0), scores: new Float32Array(0) };

/**
 * Sums scores per item and gives the best ones. One instance serves many users, one after another.
 *
 * Cost: `addAll` O(items); `best` O(touched * log limit); memory 12 bytes an item.
 */
export class ScoreAccumulator {
  #scores = new Float64Array(1024);
  #touched = new Int32Array(1024);
  #isTouched = new Uint8Array(1024);
  #count = 0;

  /** Adds to each of the items the score at its place, or to all of them the same. */
  addAll(items: Int32Array, scores: Float32Array | number): void {
    this.#reserve(items);
    const [each, same] = typeof scores === "number" ? [undefined, scores] : [scores, 0];
    // Lists are made of these additions for the most part: the loop must not look up a field for each.
    const sums = this.#scores;
    const touched = this.#touched;
    const isTouched = this.#isTouched;
    let count = this.#count;
    for (let place = 0; place < items.length; place++) {
      const index = items[place] as number;
      const score = each === undefined ? same : (each[place] as number);
      if (isTouched[index] === 0) {
        isTouched[index] = 1;
        touched[count++] = index;
        sums[index] = score;
      } else {
        sums[index] = (sums[index] as number) + score;
      }
    }
    this.#count = count;
  }

  /** Indices that have a score. Valid until the next `addAll` or `clear`. */
  touched(): Int32Array {
    return this.#touched.subarray(0, this.#count);
  }

  /** The best admitted items with a positive score, best first; ties by ascending index. */
  best(limit: number, admits: (index: number) => boolean): Candidates {
    const heap = new Int32Array(Math.min(limit, this.#count));
    let size = 0;
    for (let place = 0; place < this.#count; place++) {
      const index = this.#touched[place] as number;
      if ((this.#scores[index] as number) <= 0) continue;
      if (size === heap.length && !this.#isBetter(index, heap[0] as number)) continue;
      if (!admits(index)) continue;
      if (size < heap.length) this.#siftUp(heap, size++, index);
      else this.#siftDown(heap, size, index);
    }
    const items = heap.subarray(0, size).sort((a, b) => (this.#isBetter(a, b) ? -1 : 1));
    return { items, scores: Float32Array.from(items, (index) => this.#scores[index] as number) };
  }

  clear(): void {
    for (const index of this.touched()) this.#isTouched[index] = 0;
    this.#count = 0;
  }

  #isBetter(a: number, b: number): boolean {
    const difference = (this.#scores[a] as number) - (this.#scores[b] as number);
    return difference > 0 || (difference === 0 && a < b);
  }

  /** Puts an index into the heap, whose root is the worst of the best. */
  #siftUp(heap: Int32Array, position: number, index: number): void {
    let at = position;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBetter(heap[parent] as number, index)) break;
      heap[at] = heap[parent] as number;
      at = parent;
    }
    heap[at] = index;
  }

  /** Replaces the root of the heap. */
  #siftDown(heap: Int32Array, size: number, index: number): void {
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.#isBetter(heap[child] as number, heap[child + 1] as number)) child++;
      if (!this.#isBetter(index, heap[child] as number)) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = index;
  }

  #reserve(items: Int32Array): void {
    let largest = -1;
    for (let place = 0; place < items.length; place++) if ((items[place] as number) > largest) largest = items[place] as number;
    if (largest >= this.#scores.length) this.#grow(largest + 1);
  }

  #grow(needed: number): void {
    const length = Math.max(needed, this.#scores.length * 2);
    const scores = new Float64Array(length);
    scores.set(this.#scores);
    this.#scores = scores;
    const touched = new Int32Array(length);
    touched.set(this.#touched);
    this.#touched = touched;
    const isTouched = new Uint8Array(length);
    isTouched.set(this.#isTouched);
    this.#isTouched = isTouched;
  }
}
