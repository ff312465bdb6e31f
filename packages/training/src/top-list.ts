/** The best of a stream of scored values; equal scores keep the order of arrival. Cost: O(limit) memory, O(log limit) to find the place. */
export class TopList<Value> {
  readonly #limit: number;
  readonly #entries: { value: Value; score: number }[] = [];

  /** @param limit > 0 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  offer(value: Value, score: number): void {
    const worst = this.#entries.at(-1);
    if (this.#entries.length === this.#limit && worst !== undefined && score <= worst.score) return;
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.score ?? Number.NEGATIVE_INFINITY) >= score) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, { value, score });
    if (this.#entries.length > this.#limit) this.#entries.pop();
  }

  /** Best first. */
  ranked(): readonly { readonly value: Value; readonly score: number }[] {
    return this.#entries;
  }
}
