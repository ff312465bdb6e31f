import { AbortError, InvalidArgumentError, throwIfAborted } from "@furze/core";
import { defaultKernelPool, KernelMemory, type KernelPool } from "@furze/kernels";
import { chooseMethod } from "./choose-method.ts";
import type { KernelPlan } from "./kernel-plan.ts";
import { planLists } from "./list-plan.ts";
import type { SparseNeighborOptions } from "./neighbor-options.ts";
import type { NeighborIndex, NeighborSearchOptions, NeighborTable } from "./neighbor-table.ts";
import { planScan } from "./scan-plan.ts";
import type { SparseRows } from "./sparse-rows.ts";

/** Results of one job; bounds its memory and, with the progress steps, how long an abort waits for nothing. */
const BAND_BYTES = 32 * 1024 * 1024;
const PROGRESS_STEPS = 20;

/**
 * Exact neighbors between rows of sparse features, on all threads of a kernel pool.
 * With several sources (such as tags and users of the same items) the score is the mean of their scores,
 * a source without common features counting 0.
 * A row is never its own neighbor; rows without a common feature are no neighbors; rows with the same features are.
 *
 * Cost: with method "lists" one addition (about a nanosecond) for each pair of rows that share a feature, per feature; with "scan"
 * about 0.2 ns a pair of rows, and the additions only for features that fewer than 1 in 64 rows hold. Memory: see `SparseNeighborOptions`.
 */
export class SparseNeighborIndex implements NeighborIndex {
  readonly numRows: number;
  readonly #memory = new KernelMemory();
  readonly #pool: KernelPool;
  readonly #plan: KernelPlan;

  /**
   * @param sources one or more, all over the same rows; read, not kept
   * @throws {InvalidArgumentError} if the sources differ in their number of rows or an option is out of range
   */
  constructor(sources: SparseRows | readonly SparseRows[], options: SparseNeighborOptions = {}) {
    const list = "offsets" in sources ? [sources] : sources;
    this.numRows = (list[0]?.offsets.length ?? 0) - 1;
    if (list.some(({ offsets }) => offsets.length - 1 !== this.numRows) || this.numRows < 0) {
      throw new InvalidArgumentError("sources", "sources must be one or more sets of features over the same rows");
    }
    this.#pool = options.pool ?? defaultKernelPool();
    const { method: wanted = "auto" } = options;
    const method = wanted === "auto" ? chooseMethod(list, options) : wanted;
    if (method === "scan" && list.length !== 1) {
      throw new InvalidArgumentError("method", `method "scan" takes one source, got ${list.length}`);
    }
    const target = { memory: this.#memory, threads: this.#pool.threads };
    try {
      this.#plan = method === "scan" ? planScan(list[0]!, options, target) : planLists(list, options, target);
    } catch (error) {
      this.#memory.dispose();
      throw error;
    }
  }

  async search(rowIndices: ArrayLike<number>, limit: number, options: NeighborSearchOptions = {}): Promise<NeighborTable> {
    this.#check(rowIndices, limit);
    throwIfAborted(options.signal);
    const numQueries = rowIndices.length;
    const { positions, numFeaturesLeftOut } = this.#plan;
    const indices = new Int32Array(numQueries * limit).fill(-1);
    const scores = new Float32Array(numQueries * limit);
    // There are never more neighbors than other rows, so the kernel needs no more places.
    const places = Math.max(1, Math.min(limit, this.numRows - 1));
    const band = Math.max(
      1,
      Math.min(numQueries, Math.floor(BAND_BYTES / (8 * places)), Math.ceil(numQueries / PROGRESS_STEPS)),
    );
    using queries = this.#memory.allocInt32(band);
    using foundIndices = this.#memory.allocInt32(band * places);
    using foundScores = this.#memory.allocFloat32(band * places);
    for (let start = 0; start < numQueries; start += band) {
      const count = Math.min(band, numQueries - start);
      for (let i = 0; i < count; i++) queries.view[i] = positions?.[rowIndices[start + i]!] ?? rowIndices[start + i]!;
      await this.#run([queries.pointer, places, foundIndices.pointer, foundScores.pointer], count, options.signal);
      for (let i = 0; i < count; i++) {
        const target = (start + i) * limit;
        indices.set(foundIndices.view.subarray(i * places, (i + 1) * places), target);
        scores.set(foundScores.view.subarray(i * places, (i + 1) * places), target);
      }
      options.onProgress?.({ done: start + count, total: numQueries });
    }
    return { limit, indices, scores, numFeaturesLeftOut };
  }

  /** Gives the memory back; the index must not be used any more. A second call does nothing. */
  dispose(): void {
    this.#memory.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #run(args: readonly number[], total: number, signal: AbortSignal | undefined): Promise<void> {
    const plan = this.#plan;
    try {
      await this.#pool.run({
        memory: this.#memory,
        kernel: plan.kernel,
        args: [...plan.args, ...args],
        threadArgs: plan.threadArgs,
        total,
        chunk: Math.max(1, Math.min(plan.maxChunk, Math.floor(total / (8 * this.#pool.threads)))),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      if (signal?.aborted) throw new AbortError(undefined, { cause: error });
      throw error;
    }
  }

  #check(rowIndices: ArrayLike<number>, limit: number): void {
    if (!(Number.isInteger(limit) && limit > 0)) {
      throw new InvalidArgumentError("limit", `limit must be a positive integer, got ${limit}`);
    }
    for (let i = 0; i < rowIndices.length; i++) {
      const row = rowIndices[i]!;
      if (!(Number.isInteger(row) && row >= 0 && row < this.numRows)) {
        throw new InvalidArgumentError("rowIndices", `rowIndices[${i}] is ${row}, not in [0, ${this.numRows})`);
      }
    }
  }
}
