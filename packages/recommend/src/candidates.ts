/** Items that a generator proposes to one user: indices of the item space, best first. */
export interface Candidates {
  readonly items: Int32Array;
  readonly scores: Float32Array;
}

export const NO_CANDIDATES: Candidates = { items: new Int32Array(0), scores: new Float32Array(0) };

/** Items in a block, as a power of two. */
const BLOCK_BITS = 6;
const BLOCK_ITEMS = 1 << BLOCK_BITS;

/**
 * Sums scores per item and gives the best ones. One instance serves many users, one after another. The kernel `sumLists` does the same.
 *
 * Whether an item has a score already is nothing a processor can guess, so nobody asks: sums start at zero, and what is noted is only
 * which blocks of items have been added to.
 *
 * Cost: `add` O(items); `best` O(items in touched blocks * log limit); memory 8 bytes an item.
 */
export class ScoreAccumulator {
  #sums = new Float64Array(0);
  #isTouched = new Uint8Array(0);

  /** Makes room for items below an index. */
  reserve(numItems: number): void {
    if (numItems <= this.#sums.length) return;
    const numBlocks = Math.ceil(Math.max(numItems, this.#sums.length * 2) / BLOCK_ITEMS);
    const sums = new Float64Array(numBlocks * BLOCK_ITEMS);
    sums.set(this.#sums);
    this.#sums = sums;
    const isTouched = new Uint8Array(numBlocks);
    isTouched.set(this.#isTouched);
    this.#isTouched = isTouched;
  }

  /** Adds to each of the items, for which there must be room, the score at its place, or to all of them the same, times a weight. */
  add(items: Int32Array, scores: Float32Array | number, weight = 1): void {
    const sums = this.#sums;
    const isTouched = this.#isTouched;
    if (typeof scores === "number") {
      const amount = weight * scores;
      for (let place = 0; place < items.length; place++) {
        const index = items[place] as number;
        isTouched[index >> BLOCK_BITS] = 1;
        sums[index] = (sums[index] as number) + amount;
      }
    } else {
      for (let place = 0; place < items.length; place++) {
        const index = items[place] as number;
        isTouched[index >> BLOCK_BITS] = 1;
        sums[index] = (sums[index] as number) + weight * (scores[place] as number);
      }
    }
  }

  /** The best admitted items with a positive score, best first; ties by ascending index. */
  best(limit: number, admits: (index: number) => boolean): Candidates {
    const sums = this.#sums;
    const heap = new Int32Array(Math.min(limit, sums.length));
    let size = 0;
    // What the next one must beat: it comes later, so that it loses every tie.
    let worst = 0;
    for (let block = 0; block < this.#isTouched.length; block++) {
      if (this.#isTouched[block] === 0) continue;
      for (let index = block << BLOCK_BITS; index < (block + 1) << BLOCK_BITS; index++) {
        if (!((sums[index] as number) > worst) || !admits(index)) continue;
        if (size < heap.length) this.#siftUp(heap, size++, index);
        else this.#siftDown(heap, size, index);
        if (size === heap.length) worst = sums[heap[0] as number] as number;
      }
    }
    const items = heap.subarray(0, size).sort((a, b) => (this.#isBetter(a, b) ? -1 : 1));
    return { items, scores: Float32Array.from(items, (index) => sums[index] as number) };
  }

  clear(): void {
    for (let block = 0; block < this.#isTouched.length; block++) {
      if (this.#isTouched[block] === 1) this.#sums.fill(0, block << BLOCK_BITS, (block + 1) << BLOCK_BITS);
    }
    this.#isTouched.fill(0);
  }

  #isBetter(a: number, b: number): boolean {
    const difference = (this.#sums[a] as number) - (this.#sums[b] as number);
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
}
