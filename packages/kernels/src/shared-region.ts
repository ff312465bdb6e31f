import { kernelModule } from "./kernel-module.ts";
import { createMemory, instantiate, type Kernel, type WasmMemory } from "./wasm.ts";

/** Bytes of one WebAssembly page. */
export const PAGE_BYTES = 65536;
const MAX_PAGES = 65536;

/**
 * One shared WebAssembly memory with its identity, its instance on this thread, and those to tell when it goes.
 * It outlives the KernelMemory that uses it when it is kept for the next one.
 *
 * @internal
 */
export class SharedRegion {
  readonly id: number;
  readonly memory: WasmMemory;
  readonly onDrop: Set<(regionId: number) => void> = new Set();
  #exports: Record<string, Kernel> | undefined;

  constructor(id: number, initialPages: number) {
    this.id = id;
    this.memory = createMemory(initialPages, MAX_PAGES);
  }

  get buffer(): SharedArrayBuffer {
    return this.memory.buffer;
  }

  get byteLength(): number {
    return this.memory.buffer.byteLength;
  }

  /** The kernels, bound to this memory on the calling thread. */
  get exports(): Record<string, Kernel> {
    this.#exports ??= instantiate(kernelModule(), this.memory);
    return this.#exports;
  }
}

/** Up to this size an unused region is kept for the next KernelMemory instead of being given back to the system. */
const KEEP_BYTES = 256 * 1024 * 1024;

let nextRegionId = 1;
let kept: SharedRegion | undefined;

/** Takes the kept region, or makes a new one. @internal */
export function acquireRegion(initialBytes: number): SharedRegion {
  const region = kept;
  kept = undefined;
  return region ?? new SharedRegion(nextRegionId++, Math.min(MAX_PAGES, Math.ceil(initialBytes / PAGE_BYTES) + 1));
}

/** Keeps the region for the next memory when it is small and none is kept, else drops it. @internal */
export function retireRegion(region: SharedRegion): void {
  if (kept === undefined && region.byteLength <= KEEP_BYTES) {
    kept = region;
    return;
  }
  dropRegion(region);
}

/**
 * Gives the one unused memory that is kept for the next fit (at most 256 MiB) back to the system.
 * Worth calling only in a process that will not fit again for a long time.
 */
export function releaseKernelMemory(): void {
  if (kept !== undefined) dropRegion(kept);
  kept = undefined;
}

function dropRegion(region: SharedRegion): void {
  for (const drop of region.onDrop) drop(region.id);
  region.onDrop.clear();
}
