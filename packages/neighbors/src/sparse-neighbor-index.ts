import { AbortError, InvalidArgumentError, throwIfAborted } from "@furze/core";
import { defaultKernelPool, KernelMemory, type KernelPool } from "@furze/kernels";
import type { SparseNeighborOptions } from "./neighbor-options.ts";
import type { NeighborIndex, NeighborSearchOptions, NeighborTable } from "./neighbor-table.ts";
import type { SparseRows } from "./sparse-rows.ts";
import { type WeightedSource, weightSource } from "./weighted-source.ts";

const SOURCE_WORDS = 8;
/** Results of one job; bounds its memory and, with the progress steps, how long an abort waits for nothing. */
const BAND_BYTES = 32 * 1024 * 1024;
const PROGRESS_STEPS = 20;

/**
 * Exact neighbors between rows of sparse features, by inverted lists on all threads of a kernel pool.
 * With several sources (such as tags and users of the same items) the score is the mean of their scores,
 * a source without common features counting 0.
 * A row is never its own neighbor; rows without a common feature are no neighbors; rows with the same features are.
 *
 * Cost: one addition (about a nanosecond) for each pair of rows that share a feature, per feature;
 * memory 8 bytes an entry, 12 bytes a feature, 8 a row, and 20 bytes a row for each thread.
 */
export class SparseNeighborIndex implements NeighborIndex {
  readonly numRows: number;
  readonly #memory = new KernelMemory();
  readonly #pool: KernelPool;
  readonly #numSources: number;
  readonly #sources: number;
  readonly #scratch: readonly number[];
  readonly #numFeaturesLeftOut: number;

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
    this.#numSources = list.length;
    let numFeaturesLeftOut = 0;
    const records: Uint32Array[] = [];
    try {
      for (const rows of list) {
        const source = weightSource(rows, options);
        numFeaturesLeftOut += source.numFeaturesLeftOut;
        records.push(this.#place(source));
      }
      const table = this.#memory.allocUint32(SOURCE_WORDS * list.length);
      for (const [index, record] of records.entries()) table.view.set(record, index * SOURCE_WORDS);
      this.#sources = table.pointer;
      // Sums (two words), totals, touched rows and found rows of each thread; the kernel leaves them zero as it finds them.
      this.#scratch = Array.from({ length: this.#pool.threads }, () => this.#memory.allocInt32(5 * (this.numRows + 1)).pointer);
    } catch (error) {
      this.#memory.dispose();
      throw error;
    }
    this.#numFeaturesLeftOut = numFeaturesLeftOut;
  }

  async search(rowIndices: ArrayLike<number>, limit: number, options: NeighborSearchOptions = {}): Promise<NeighborTable> {
    this.#check(rowIndices, limit);
    throwIfAborted(options.signal);
    const numQueries = rowIndices.length;
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
      for (let i = 0; i < count; i++) queries.view[i] = rowIndices[start + i]!;
      await this.#run([queries.pointer, places, foundIndices.pointer, foundScores.pointer], count, options.signal);
      for (let i = 0; i < count; i++) {
        const target = (start + i) * limit;
        indices.set(foundIndices.view.subarray(i * places, (i + 1) * places), target);
        scores.set(foundScores.view.subarray(i * places, (i + 1) * places), target);
      }
      options.onProgress?.({ done: start + count, total: numQueries });
    }
    return { limit, indices, scores, numFeaturesLeftOut: this.#numFeaturesLeftOut };
  }

  /** Gives the memory back; the index must not be used any more. A second call does nothing. */
  dispose(): void {
    this.#memory.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #place(source: WeightedSource): Uint32Array {
    const memory = this.#memory;
    const record = new Uint32Array(SOURCE_WORDS);
    record[0] = memory.copyInt32(source.offsets).pointer;
    record[1] = memory.copyInt32(source.indices).pointer;
    record[2] = memory.copyInt32(new Int32Array(source.weights.buffer)).pointer;
    record[3] = memory.copyInt32(source.listOffsets).pointer;
    record[4] = memory.copyInt32(source.lists).pointer;
    record[5] = source.norms === undefined ? 0 : memory.copyFloat32(source.norms).pointer;
    new Float32Array(record.buffer)[6] = source.shrinkage;
    return record;
  }

  async #run(args: readonly number[], total: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#pool.run({
        memory: this.#memory,
        kernel: "sparseNeighbors",
        args: [this.#sources, this.#numSources, this.numRows, ...args],
        threadArgs: this.#scratch.map((pointer) => [pointer]),
        total,
        chunk: Math.max(1, Math.min(16, Math.floor(total / (8 * this.#pool.threads)))),
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
