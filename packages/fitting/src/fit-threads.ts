import { InvalidArgumentError } from "@furze/core";
import { defaultKernelPool, type KernelJob, type KernelPool } from "@furze/kernels";

/** Runs a kernel on the threads of a fit; returns the sum of what it returned. */
export type RunKernel = (job: Omit<KernelJob, "threads" | "signal">) => Promise<number>;

/** What one fit runs on. */
export interface FitThreads {
  readonly pool: KernelPool;
  /** Number of the pool's threads that the fit may use. */
  readonly threads: number;
  readonly signal: AbortSignal | undefined;
  readonly run: RunKernel;
}

/**
 * Threads for a fit.
 *
 * @param options.threads how many; default: all of the pool
 * @param options.pool where from; default: the pool of the process
 * @throws {InvalidArgumentError} if the pool has fewer threads than asked for
 */
export function fitThreads(options: {
  readonly threads?: number | undefined;
  readonly pool?: KernelPool | undefined;
  readonly signal?: AbortSignal | undefined;
}): FitThreads {
  const { pool = defaultKernelPool(), signal } = options;
  const { threads = pool.threads } = options;
  if (threads > pool.threads)
    throw new InvalidArgumentError("threads", `threads is ${threads}, but the pool has ${pool.threads}`);
  const run: RunKernel = (job) => pool.run({ ...job, threads, ...(signal === undefined ? {} : { signal }) });
  return { pool, threads, signal, run };
}
