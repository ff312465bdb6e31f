/**
 * Random numbers of one trial (sfc32): equal seed and stream give equal numbers, whatever other trials have drawn.
 * So a study needs no generator state to be resumed.
 *
 * Source: Doty-Humphrey, PractRand, 2010.
 */
export class TrialRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed a safe integer; @param stream number of the trial, >= 0 */
  constructor(seed: number, stream: number) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 2 ** 32) | 0;
    this.#c = Math.imul(stream + 1, 0x9e37_79b1);
    for (let i = 0; i < 20; i++) this.#nextInt32();
  }

  /** Uniform in [0, 1). */
  next(): number {
    return (this.#nextInt32() >>> 0) / 2 ** 32;
  }

  /** Uniform whole number in [0, limit), for limits far below 2^32. */
  nextIndex(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  #nextInt32(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result;
  }
}
