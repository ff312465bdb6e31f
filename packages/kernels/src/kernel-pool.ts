import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { KernelExecutionError } from "./errors.ts";
import type { KernelMemory } from "./kernel-memory.ts";
import { kernelModule, kernelNames } from "./kernel-module.ts";
import {
  CONTROL_ABORT,
  CONTROL_NEXT,
  CONTROL_WORDS,
  type DoneMessage,
  type PoolMessage,
  type WorkerSetup,
} from "./pool-messages.ts";
import type { SharedRegion } from "./shared-region.ts";

/** Options of a KernelPool. */
export interface KernelPoolOptions {
  /** Number of worker threads, at least 1. Default: what `os.availableParallelism()` says. */
  readonly threads?: number;
}

/** One job of a pool: a kernel over the range [0, total), cut into chunks that the threads take as they become free. */
export interface KernelJob {
  readonly memory: KernelMemory;
  readonly kernel: string;
  /** First arguments of every call. */
  readonly args: readonly number[];
  /** Further arguments, one list for each thread (scratch pointers and the like); their number is `threads`. Default none. */
  readonly threadArgs?: readonly (readonly number[])[];
  /** Length of the range. The kernel is called as `kernel(...args, ...threadArgs[thread], begin, end)`. */
  readonly total: number;
  /** Elements handed out at a time. Default 1. */
  readonly chunk?: number;
  /** Number of threads to use, at most the pool's. Default all. With 1 the chunks run in order. */
  readonly threads?: number;
  /** Stops the job between two chunks; `run` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

interface QueuedJob {
  readonly job: KernelJob;
  readonly region: SharedRegion;
  readonly resolve: (sum: number) => void;
  readonly reject: (reason: unknown) => void;
}

interface RunningJob extends QueuedJob {
  readonly id: number;
  readonly onAbort: () => void;
  pending: number;
  sum: number;
  failure: Error | undefined;
}

interface PoolWorker {
  readonly worker: Worker;
  readonly regionIds: Set<number>;
  isBusy: boolean;
}

const workerUrl = new URL(import.meta.url.endsWith(".ts") ? "./pool-worker.ts" : "./pool-worker.js", import.meta.url);

/**
 * Worker threads that run kernels over any number of memories. One job runs at a time, on all its threads; others wait in order.
 * The calling thread never blocks. Threads start with the first job (about 20 ms) and do not keep an idle process alive.
 * Cost: about 0.1 ms per job and roughly 10 MiB per thread, until `rest`.
 */
export class KernelPool {
  /** Number of worker threads. */
  readonly threads: number;
  readonly #control: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4 * CONTROL_WORDS));
  readonly #workers: (PoolWorker | undefined)[] = [];
  readonly #queue: QueuedJob[] = [];
  #running: RunningJob | undefined;
  #nextJobId = 1;
  #closed = false;
  readonly #dropRegion = (regionId: number): void => this.#forget(regionId);

  /** @throws {RangeError} if `threads` is not a positive integer */
  constructor(options: KernelPoolOptions = {}) {
    this.threads = options.threads ?? availableParallelism();
    if (!Number.isSafeInteger(this.threads) || this.threads < 1)
      throw new RangeError(`threads must be a positive integer, got ${options.threads}`);
  }

  /**
   * Runs a job and returns the sum of what the kernel returned (0 when it returns nothing).
   * After an abort, or a failure, part of the range may have been worked on.
   *
   * @throws {TypeError} if the kernel does not exist or the memory was disposed
   * @throws {RangeError} if the range, the chunk or the number of threads does not fit
   * @throws {KernelExecutionError} if a kernel traps, or the pool is closed
   * @throws the reason of `signal` when it is aborted
   */
  async run(job: KernelJob): Promise<number> {
    if (this.#closed) throw new KernelExecutionError("the kernel pool is closed");
    checkJob(job, this.threads);
    job.signal?.throwIfAborted();
    const region = job.memory.region;
    if (job.total === 0) return 0;
    region.hold();
    try {
      return await new Promise((resolve, reject) => {
        this.#queue.push({ job, region, resolve, reject });
        this.#startNext();
      });
    } finally {
      region.release();
    }
  }

  /** Ends the threads that have nothing to do; the next job starts them again. */
  rest(): void {
    for (const [thread, entry] of this.#workers.entries()) {
      if (entry === undefined || entry.isBusy) continue;
      this.#workers[thread] = undefined;
      void entry.worker.terminate();
    }
  }

  /** Ends the threads. Waiting and running jobs reject. A second call does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const error = new KernelExecutionError("the kernel pool was closed");
    for (const { reject } of this.#queue.splice(0)) reject(error);
    const running = this.#running;
    this.#running = undefined;
    if (running !== undefined) {
      Atomics.store(this.#control, CONTROL_ABORT, 1);
      running.job.signal?.removeEventListener("abort", running.onAbort);
    }
    // The running job's memory is in use until its threads have ended.
    await Promise.all(this.#workers.splice(0).map((entry) => entry?.worker.terminate()));
    running?.reject(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #startNext(): void {
    if (this.#running !== undefined) return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    const { job, region } = next;
    if (job.signal?.aborted === true || job.memory.isDisposed) {
      next.reject(job.signal?.aborted === true ? job.signal.reason : new TypeError("this kernel memory was disposed"));
      this.#startNext();
      return;
    }
    Atomics.store(this.#control, CONTROL_NEXT, 0);
    Atomics.store(this.#control, CONTROL_ABORT, 0);
    const threads = Math.min(job.threads ?? this.threads, Math.ceil(job.total / (job.chunk ?? 1)));
    const onAbort = (): void => void Atomics.store(this.#control, CONTROL_ABORT, 1);
    const running: RunningJob = { ...next, id: this.#nextJobId++, onAbort, pending: threads, sum: 0, failure: undefined };
    this.#running = running;
    job.signal?.addEventListener("abort", onAbort, { once: true });
    region.onDrop.add(this.#dropRegion);
    for (let thread = 0; thread < threads; thread++) this.#send(thread, running);
  }

  #send(thread: number, { job, region, id }: RunningJob): void {
    const entry = this.#workers[thread] ?? this.#startWorker(thread);
    entry.isBusy = true;
    entry.worker.ref();
    if (!entry.regionIds.has(region.id)) {
      entry.regionIds.add(region.id);
      post(entry.worker, { type: "attach", regionId: region.id, memory: region.memory });
    }
    const args = job.threadArgs === undefined ? job.args : [...job.args, ...(job.threadArgs[thread] ?? [])];
    post(entry.worker, {
      type: "run",
      jobId: id,
      regionId: region.id,
      kernel: job.kernel,
      args,
      total: job.total,
      chunk: job.chunk ?? 1,
    });
  }

  #startWorker(thread: number): PoolWorker {
    const setup: WorkerSetup = { module: kernelModule(), control: this.#control.buffer };
    const worker = new Worker(workerUrl, { workerData: setup, name: `furze-kernels-${thread}`, execArgv: [] });
    const entry: PoolWorker = { worker, regionIds: new Set(), isBusy: false };
    const died = (reason: string): void => {
      if (this.#workers[thread] === entry) this.#workers[thread] = undefined;
      if (entry.isBusy) this.#finish(entry, { jobId: this.#running?.id ?? 0, sum: 0, error: reason });
    };
    worker.on("message", (message: DoneMessage) => this.#finish(entry, message));
    worker.on("error", (error) => died(error instanceof Error ? error.message : String(error)));
    worker.on("exit", (code) => died(`a kernel thread ended with code ${code}`));
    worker.unref();
    this.#workers[thread] = entry;
    return entry;
  }

  #finish(entry: PoolWorker, message: DoneMessage): void {
    entry.isBusy = false;
    entry.worker.unref();
    const running = this.#running;
    if (running === undefined || message.jobId !== running.id) return;
    running.sum += message.sum;
    if (message.error !== undefined) {
      Atomics.store(this.#control, CONTROL_ABORT, 1);
      running.failure ??= new KernelExecutionError(`kernel "${running.job.kernel}" failed: ${message.error}`);
    }
    if (--running.pending > 0) return;
    this.#running = undefined;
    const { signal } = running.job;
    signal?.removeEventListener("abort", running.onAbort);
    if (running.failure !== undefined) running.reject(running.failure);
    else if (signal?.aborted === true) running.reject(signal.reason);
    else running.resolve(running.sum);
    this.#startNext();
  }

  #forget(regionId: number): void {
    for (const entry of this.#workers)
      if (entry?.regionIds.delete(regionId) === true) post(entry.worker, { type: "detach", regionId });
  }
}

function post(worker: Worker, message: PoolMessage): void {
  worker.postMessage(message);
}

function checkJob(job: KernelJob, poolThreads: number): void {
  const chunk = job.chunk ?? 1;
  const threads = job.threads ?? poolThreads;
  if (!kernelNames().has(job.kernel)) throw new TypeError(`there is no kernel "${job.kernel}"`);
  if (!Number.isSafeInteger(threads) || threads < 1 || threads > poolThreads)
    throw new RangeError(`threads must be an integer from 1 to ${poolThreads}, got ${threads}`);
  if (!Number.isSafeInteger(chunk) || chunk < 1) throw new RangeError(`chunk must be a positive integer, got ${chunk}`);
  // The shared counter runs past the end by one chunk for each thread and must stay a 32-bit number.
  if (!Number.isSafeInteger(job.total) || job.total < 0 || job.total + chunk * (threads + 1) > 0x7fffffff)
    throw new RangeError(`total must be an integer from 0 to about 2^31, got ${job.total}`);
  if (job.threadArgs !== undefined && job.threadArgs.length < threads)
    throw new RangeError(`threadArgs has ${job.threadArgs.length} lists for ${threads} threads`);
}
