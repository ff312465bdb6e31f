import { collectGarbage } from "./collect-garbage.ts";
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
  #jobs = 0;
  #whenUnused: (() => void) | undefined;
  #exports: Record<string, Kernel> | undefined;

  constructor(id: number, initialPages: number) {
    this.id = id;
    this.memory = createMemory(initialPages, MAX_PAGES);
  }

  /** A job that uses the region begins. */
  hold(): void {
    this.#jobs++;
  }

  /** A job that used the region is over. */
  release(): void {
    this.#jobs--;
    if (this.#jobs > 0) return;
    const then = this.#whenUnused;
    this.#whenUnused = undefined;
    then?.();
  }

  /** Calls back when no job uses the region, at once if none does. */
  whenUnused(then: () => void): void {
    if (this.#jobs === 0) then();
    else this.#whenUnused = then;
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

/** Unused regions of at most this many bytes in all are kept for the next memories instead of being given back to the system. */
const KEEP_BYTES = 256 * 1024 * 1024;

let nextRegionId = 1;
/** Unused regions, smallest first. */
const idle: SharedRegion[] = [];
let isCollectionDue = false;

/** Takes the smallest idle region with the room asked for, else the largest one, else makes a new one. @internal */
export function acquireRegion(initialBytes: number): SharedRegion {
  const index = idle.findIndex((region) => region.byteLength >= initialBytes);
  const region = index < 0 ? idle.pop() : idle.splice(index, 1)[0];
  return region ?? new SharedRegion(nextRegionId++, Math.min(MAX_PAGES, Math.ceil(initialBytes / PAGE_BYTES) + 1));
}

/**
 * Keeps the region for the next memory, or drops the largest idle ones when there is too much.
 * Waits for jobs that still use it: they must not write into what belongs to somebody else by then.
 *
 * @internal
 */
export function retireRegion(region: SharedRegion): void {
  region.whenUnused(() => {
    idle.push(region);
    idle.sort((a, b) => a.byteLength - b.byteLength);
    trimIdleRegions(KEEP_BYTES, true);
  });
}

/** Drops the largest unused regions until the others have `limit` bytes. @param collect whether to collect garbage then @internal */
export function trimIdleRegions(limit: number, collect: boolean): void {
  let total = idle.reduce((sum, region) => sum + region.byteLength, 0);
  while (total > limit) {
    const region = idle.pop();
    if (region === undefined) return;
    total -= region.byteLength;
    for (const drop of region.onDrop) drop(region.id);
    region.onDrop.clear();
    if (collect) collectLater();
  }
}

function collectLater(): void {
  if (isCollectionDue) return;
  isCollectionDue = true;
  // Later, when nothing on the stack refers to the region any more.
  setTimeout(() => {
    isCollectionDue = false;
    collectGarbage();
  }, 10).unref();
}
