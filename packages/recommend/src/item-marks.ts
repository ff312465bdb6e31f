const LARGEST_STAMP = 2 ** 32 - 1;

/**
 * Tells which items have been met since `begin`. An item is marked by the number of the round that it was met in, so that beginning anew
 * clears nothing. Memory: 4 bytes for each item up to the highest index.
 */
export class ItemMarks {
  #stamps = new Uint32Array(1024);
  #stamp = 0;
  #owner: object | undefined;

  /** Marks nothing. @param owner what `shows` is to know the new round by */
  begin(owner?: object): void {
    this.#owner = owner;
    if (this.#stamp === LARGEST_STAMP) {
      this.#stamps.fill(0);
      this.#stamp = 0;
    }
    this.#stamp++;
  }

  /** Whether the round was begun for this owner. */
  shows(owner: object): boolean {
    return this.#owner === owner;
  }

  has(index: number): boolean {
    return this.#stamps[index] === this.#stamp;
  }

  /** @returns whether the item was not marked before */
  add(index: number): boolean {
    if (index >= this.#stamps.length) this.#grow(index + 1);
    if (this.#stamps[index] === this.#stamp) return false;
    this.#stamps[index] = this.#stamp;
    return true;
  }

  #grow(needed: number): void {
    const stamps = new Uint32Array(Math.max(needed, this.#stamps.length * 2));
    stamps.set(this.#stamps);
    this.#stamps = stamps;
  }
}
