import { InvalidArgumentError } from "@furze/core";

/**
 * Small pseudo-random generator (sfc32): the same seed gives the same numbers on every platform and in every version.
 * Not for secrets.
 *
 * Source: Doty-Humphrey, PractRand, 2010.
 */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @throws {InvalidArgumentError} if the seed is not a safe integer */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) throw new InvalidArgumentError("seed", `seed must be an integer, got ${seed}`);
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 2 ** 32) | 0;
    this.#c = 0x9e37_79b9;
    for (let i = 0; i < 15; i++) this.nextUint32();
  }

  /** Uniform in [0, 2^32). */
  nextUint32(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.nextUint32() / 2 ** 32;
  }

  /** Uniform whole number in [0, limit), without bias, for `limit` in [1, 2^32]. */
  nextInt(limit: number): number {
    // Numbers above the largest multiple of the limit would favor small results.
    const bound = 2 ** 32 - (2 ** 32 % limit);
    for (;;) {
      const value = this.nextUint32();
      if (value < bound) return value % limit;
    }
  }

  /** Fills an array with normal numbers of mean 0 and the given standard deviation. Source: Box, Muller, 1958. */
  fillNormal(target: Float32Array, deviation: number): void {
    for (let i = 0; i < target.length; i += 2) {
      // The method gives two numbers at a time.
      const radius = deviation * Math.sqrt(-2 * Math.log(1 - this.next()));
      const angle = 2 * Math.PI * this.next();
      target[i] = radius * Math.cos(angle);
      if (i + 1 < target.length) target[i + 1] = radius * Math.sin(angle);
    }
  }
}
