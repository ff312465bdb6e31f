/** Every block starts at a multiple of this many bytes: one cache line, so that two threads never share one by accident. */
export const ALIGNMENT = 64;

interface Block {
  start: number;
  size: number;
}

/**
 * Hands out blocks of a growing address range. Best fit, neighbouring free blocks are merged.
 * Cost: O(free blocks) per call; the book-keeping lives outside the range.
 *
 * @internal
 */
export class RegionAllocator {
  readonly #free: Block[] = [];
  readonly #used = new Map<number, number>();
  readonly #start: number;
  #end: number;
  #usedBytes = 0;

  constructor(start: number, end: number) {
    this.#start = start;
    this.#end = end;
    if (end > start) this.#free.push({ start, size: end - start });
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** First address after the range. */
  get end(): number {
    return this.#end;
  }

  /** Returns the address of a block of at least `bytes`, or `undefined` when the range must grow first. */
  allocate(bytes: number): number | undefined {
    const size = roundUp(bytes);
    let best = -1;
    for (let i = 0; i < this.#free.length; i++) {
      const block = this.#free[i]!;
      if (block.size >= size && (best < 0 || block.size < this.#free[best]!.size)) best = i;
    }
    if (best < 0) return undefined;
    const block = this.#free[best]!;
    const start = block.start;
    if (block.size === size) {
      this.#free.splice(best, 1);
    } else {
      block.start += size;
      block.size -= size;
    }
    this.#used.set(start, size);
    this.#usedBytes += size;
    return start;
  }

  /** Bytes by which the range must grow so that `bytes` fit, given what is free at its end. */
  shortage(bytes: number): number {
    const last = this.#free.at(-1);
    const freeAtEnd = last !== undefined && last.start + last.size === this.#end ? last.size : 0;
    return roundUp(bytes) - freeAtEnd;
  }

  /** Adds the addresses up to `end` to the range. */
  extend(end: number): void {
    const start = this.#end;
    this.#end = end;
    this.#insert({ start, size: end - start });
  }

  /**
   * Gives a block back.
   *
   * @throws {RangeError} if `start` is not the start of a block in use, as after a second release
   */
  release(start: number): void {
    const size = this.#used.get(start);
    if (size === undefined) throw new RangeError(`kernel memory at ${start} is not allocated`);
    this.#used.delete(start);
    this.#usedBytes -= size;
    this.#insert({ start, size });
  }

  /** Gives every block back. */
  releaseAll(): void {
    this.#used.clear();
    this.#usedBytes = 0;
    this.#free.length = 0;
    this.#free.push({ start: this.#start, size: this.#end - this.#start });
  }

  #insert(block: Block): void {
    const free = this.#free;
    let low = 0;
    let high = free.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (free[middle]!.start < block.start) low = middle + 1;
      else high = middle;
    }
    const next = free[low];
    if (next !== undefined && block.start + block.size === next.start) {
      block.size += next.size;
      free.splice(low, 1);
    }
    const previous = free[low - 1];
    if (previous !== undefined && previous.start + previous.size === block.start) previous.size += block.size;
    else free.splice(low, 0, block);
  }
}

/** Size of the block that holds `bytes`. */
export function roundUp(bytes: number): number {
  return Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
}
