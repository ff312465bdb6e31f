import { KernelMemoryError } from "./errors.ts";
import { type ArrayOwner, KernelArray, type KernelTypedArray } from "./kernel-array.ts";
import { kernelNames } from "./kernel-module.ts";
import { RegionAllocator, roundUp } from "./region-allocator.ts";
import { acquireRegion, PAGE_BYTES, retireRegion, type SharedRegion } from "./shared-region.ts";
import type { Kernel, WasmMemory } from "./wasm.ts";

/** Options of a KernelMemory. */
export interface KernelMemoryOptions {
  /** Room to reserve at once, in bytes; more is added on demand. Default 1 MiB. */
  readonly initialBytes?: number;
}

/**
 * A shared memory for kernels with its allocator: arrays aligned at 64 bytes, freed one by one or all at once.
 * Any number may exist at a time; each holds up to 4 GiB. Creating one costs well under a millisecond.
 *
 * @throws {KernelsNotBuiltError} at the first kernel call if the compiled kernels are missing
 */
export class KernelMemory {
  #region: SharedRegion | undefined;
  readonly #allocator: RegionAllocator;
  readonly #owner: ArrayOwner;

  constructor(options: KernelMemoryOptions = {}) {
    const region = acquireRegion(options.initialBytes ?? 1024 * 1024);
    this.#region = region;
    // The first page stays the kernels' own.
    this.#allocator = new RegionAllocator(PAGE_BYTES, region.byteLength);
    this.#owner = {
      view: (make, pointer, length) => make(this.region.buffer, pointer, length),
      // After disposal the whole region is gone already.
      release: (pointer) => {
        if (this.#region !== undefined) this.#allocator.release(pointer);
      },
    };
  }

  /** The region behind this memory. @internal */
  get region(): SharedRegion {
    if (this.#region === undefined) throw new TypeError("this kernel memory was disposed");
    return this.#region;
  }

  get isDisposed(): boolean {
    return this.#region === undefined;
  }

  /** Bytes in live arrays, rounded up to cache lines. */
  get usedBytes(): number {
    return this.#allocator.usedBytes;
  }

  /** Bytes taken from the system so far. */
  get byteLength(): number {
    return this.region.byteLength;
  }

  /** Array of `length` zeros. @throws {KernelMemoryError} if there is no room */
  allocFloat32(length: number): KernelArray<Float32Array<SharedArrayBuffer>> {
    return this.#allocate((buffer, pointer, n) => new Float32Array(buffer, pointer, n), length, 4);
  }

  /** Array of `length` zeros. @throws {KernelMemoryError} if there is no room */
  allocFloat64(length: number): KernelArray<Float64Array<SharedArrayBuffer>> {
    return this.#allocate((buffer, pointer, n) => new Float64Array(buffer, pointer, n), length, 8);
  }

  /** Array of `length` zeros. @throws {KernelMemoryError} if there is no room */
  allocInt32(length: number): KernelArray<Int32Array<SharedArrayBuffer>> {
    return this.#allocate((buffer, pointer, n) => new Int32Array(buffer, pointer, n), length, 4);
  }

  /** Array of `length` zeros. @throws {KernelMemoryError} if there is no room */
  allocUint32(length: number): KernelArray<Uint32Array<SharedArrayBuffer>> {
    return this.#allocate((buffer, pointer, n) => new Uint32Array(buffer, pointer, n), length, 4);
  }

  /** Array of `length` zeros. @throws {KernelMemoryError} if there is no room */
  allocUint16(length: number): KernelArray<Uint16Array<SharedArrayBuffer>> {
    return this.#allocate((buffer, pointer, n) => new Uint16Array(buffer, pointer, n), length, 2);
  }

  /** Array of `length` zeros. @throws {KernelMemoryError} if there is no room */
  allocUint8(length: number): KernelArray<Uint8Array<SharedArrayBuffer>> {
    return this.#allocate((buffer, pointer, n) => new Uint8Array(buffer, pointer, n), length, 1);
  }

  /** Array with the elements of `source`. @throws {KernelMemoryError} if there is no room */
  copyFloat32(source: ArrayLike<number>): KernelArray<Float32Array<SharedArrayBuffer>> {
    return filled(this.allocFloat32(source.length), source);
  }

  /** Array with the elements of `source`. @throws {KernelMemoryError} if there is no room */
  copyInt32(source: ArrayLike<number>): KernelArray<Int32Array<SharedArrayBuffer>> {
    return filled(this.allocInt32(source.length), source);
  }

  /**
   * Runs a kernel at once on the calling thread: for jobs far below a millisecond, where a pool's hand-over would cost more.
   *
   * @throws {TypeError} if there is no such kernel
   */
  call(kernel: string, ...args: number[]): number | undefined {
    return this.kernel(kernel)(...args);
  }

  /** The kernel `name` bound to this memory on the calling thread. @throws {TypeError} if there is no such kernel */
  kernel(name: string): Kernel {
    const found = kernelNames().has(name) ? this.region.exports[name] : undefined;
    if (found === undefined) throw new TypeError(`there is no kernel "${name}"`);
    return found;
  }

  /** Gives everything back; arrays of this memory must not be used any more. A second call does nothing. */
  dispose(): void {
    const region = this.#region;
    if (region === undefined) return;
    this.#region = undefined;
    this.#allocator.releaseAll();
    retireRegion(region);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #allocate<T extends KernelTypedArray>(
    make: (buffer: SharedArrayBuffer, pointer: number, length: number) => T,
    length: number,
    bytesPerElement: number,
  ): KernelArray<T> {
    if (!Number.isSafeInteger(length) || length < 0)
      throw new RangeError(`length must be a non-negative integer, got ${length}`);
    const bytes = length * bytesPerElement;
    const pointer = this.#allocator.allocate(bytes) ?? this.#grow(bytes);
    // The padding too: kernels read rows in groups of four.
    new Uint8Array(this.region.buffer, pointer, roundUp(bytes)).fill(0);
    return new KernelArray(this.#owner, make, pointer, length);
  }

  #grow(bytes: number): number {
    const { memory } = this.region;
    const missing = this.#allocator.shortage(bytes);
    // A quarter more than needed, so that many small arrays do not grow the memory one by one.
    const spare = Math.min(this.byteLength / 4, 64 * 1024 * 1024);
    const pages = Math.ceil(missing / PAGE_BYTES);
    try {
      growBy(memory, pages + Math.ceil(spare / PAGE_BYTES), pages);
    } catch (cause) {
      throw new KernelMemoryError(bytes, this.usedBytes, { cause });
    }
    this.#allocator.extend(this.byteLength);
    const pointer = this.#allocator.allocate(bytes);
    if (pointer === undefined) throw new KernelMemoryError(bytes, this.usedBytes);
    return pointer;
  }
}

function growBy(memory: WasmMemory, wantedPages: number, neededPages: number): void {
  try {
    memory.grow(wantedPages);
  } catch {
    memory.grow(neededPages);
  }
}

function filled<T extends KernelTypedArray>(array: KernelArray<T>, source: ArrayLike<number>): KernelArray<T> {
  array.view.set(source);
  return array;
}
