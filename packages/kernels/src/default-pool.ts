import { KernelPool } from "./kernel-pool.ts";

let pool: KernelPool | undefined;

/** The pool of this process, one thread for each processor; made on first use and never closed: idle it does not keep the process alive. */
export function defaultKernelPool(): KernelPool {
  pool ??= new KernelPool();
  return pool;
}
