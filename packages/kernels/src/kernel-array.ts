/** The typed arrays that can live in kernel memory. */
export type KernelTypedArray =
  | Float32Array<SharedArrayBuffer>
  | Float64Array<SharedArrayBuffer>
  | Int32Array<SharedArrayBuffer>
  | Uint32Array<SharedArrayBuffer>
  | Uint16Array<SharedArrayBuffer>
  | Uint8Array<SharedArrayBuffer>;

/** What an array needs from the memory that holds it. @internal */
export interface ArrayOwner {
  view<T extends KernelTypedArray>(
    make: (buffer: SharedArrayBuffer, pointer: number, length: number) => T,
    pointer: number,
    length: number,
  ): T;
  release(pointer: number): void;
}

/**
 * An array in kernel memory: an address for kernels, a typed view for TypeScript.
 * `view` is valid until `free` is called or the memory is disposed; memory growth does not invalidate it.
 */
export class KernelArray<T extends KernelTypedArray> {
  /** Address in bytes, a multiple of 64; what kernels take. */
  readonly pointer: number;
  /** Number of elements. */
  readonly length: number;
  readonly #owner: ArrayOwner;
  readonly #make: (buffer: SharedArrayBuffer, pointer: number, length: number) => T;
  #view: T | undefined;
  #freed = false;

  /** @internal Use the `alloc...` and `copy` methods of KernelMemory. */
  constructor(
    owner: ArrayOwner,
    make: (buffer: SharedArrayBuffer, pointer: number, length: number) => T,
    pointer: number,
    length: number,
  ) {
    this.#owner = owner;
    this.#make = make;
    this.pointer = pointer;
    this.length = length;
  }

  /**
   * The elements. Every call returns the same view object.
   *
   * @throws {TypeError} if the array was freed or its memory disposed
   */
  get view(): T {
    if (this.#freed) throw new TypeError("this kernel array was freed");
    this.#view ??= this.#owner.view(this.#make, this.pointer, this.length);
    return this.#view;
  }

  /** Gives the room back; a second call does nothing. */
  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.#view = undefined;
    this.#owner.release(this.pointer);
  }

  [Symbol.dispose](): void {
    this.free();
  }
}
