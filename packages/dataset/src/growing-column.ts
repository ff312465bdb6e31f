type Column = Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

const FIRST_CHUNK = 1024;
const LARGEST_CHUNK = 1 << 20;

/**
 * Append-only column of numbers in chunks: growing copies nothing, so the peak is the numbers themselves
 * and one unfinished chunk, where doubling one array would hold three times as much for a moment.
 */
export class GrowingColumn<T extends Column> {
  readonly #create: new (
    length: number,
  ) => T;
  readonly #full: T[] = [];
  #current: T;
  #used = 0;
  #lengthOfFull = 0;

  constructor(create: new (length: number) => T) {
    this.#create = create;
    this.#current = new create(FIRST_CHUNK);
  }

  get length(): number {
    return this.#lengthOfFull + this.#used;
  }

  push(value: number): void {
    if (this.#used === this.#current.length) {
      this.#full.push(this.#current);
      this.#lengthOfFull += this.#used;
      this.#current = new this.#create(Math.min(LARGEST_CHUNK, this.#used * 2));
      this.#used = 0;
    }
    this.#current[this.#used++] = value;
  }

  /** Calls back with each chunk in order, and lets go of it before the next: the column is empty afterwards. */
  drain(visit: (chunk: T) => void): void {
    this.#full.push(this.#current.subarray(0, this.#used) as T);
    this.#current = new this.#create(FIRST_CHUNK);
    this.#used = 0;
    this.#lengthOfFull = 0;
    for (let i = 0; i < this.#full.length; i++) {
      visit(this.#full[i]!);
      this.#full[i] = this.#current;
    }
    this.#full.length = 0;
  }

  /** The whole column as one array; empties the column. */
  take(): T {
    const result = new this.#create(this.length);
    let offset = 0;
    this.drain((chunk) => {
      result.set(chunk, offset);
      offset += chunk.length;
    });
    return result;
  }
}
