import { KernelPool } from "./kernel-pool.ts";
import { trimIdleRegions } from "./shared-region.ts";

let pool: KernelPool | undefined;

/** The pool of this process, one thread for each processor; made on first use and never closed: idle it does not keep the process alive. */
export function defaultKernelPool(): KernelPool {
  pool ??= new KernelPool();
  return pool;
}

export interface ReleaseKernelMemoryOptions {
  /** Whether to collect garbage, without which the memories stay. Default true; false for a caller who collects by himself. */
  readonly collect?: boolean | undefined;
}

/**
 * Gives back what is kept for the next fits: unused memory (at most 256 MiB) and the threads of the pool of the process that have nothing to
 * do (10 MiB each). Worth calling in a process that will not fit again for some time.
 */
export function releaseKernelMemory({ collect = true }: ReleaseKernelMemoryOptions = {}): void {
  pool?.rest();
  trimIdleRegions(0, collect);
}
