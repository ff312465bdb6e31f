/** Kernel arrays that live as long as one piece of work: `using arrays = new KernelArrays()` frees them all at its end. */
export class KernelArrays {
  readonly #arrays: { free(): void }[] = [];

  /** Takes an array over and returns it. */
  add<T extends { free(): void }>(array: T): T {
    this.#arrays.push(array);
    return array;
  }

  /** Frees them; further ones may be added. */
  [Symbol.dispose](): void {
    for (const array of this.#arrays.splice(0)) array.free();
  }
}
