import type { RunKernel } from "@furze/fitting";
import type { KernelArray, KernelArrays } from "@furze/kernels";
import type { ClickMetrics } from "./evaluate.ts";
import {
  type CopiedEmbeddings,
  copyEmbeddings,
  copyRows,
  poolingScratch,
  type RowPointers,
  sampleTables,
} from "./kernel-tables.ts";
import type { ParameterTable } from "./parameter-table.ts";
import type { FmSamples } from "./samples.ts";

/** Samples of a kernel call: some milliseconds. */
const SAMPLES_PER_CALL = 8192;
/** Rows with embeddings of a kernel call. */
const ROWS_PER_CALL = 256;

export interface ScoredSamplesOptions {
  /** What keeps the memory. */
  readonly arrays: KernelArrays;
  /** Threads that will score. */
  readonly threads: number;
  /** Rows of the samples that are in kernel memory. Default: they are copied. */
  readonly rows?: RowPointers | undefined;
  /** Embeddings of the samples that are in kernel memory. Default: they are copied. */
  readonly embeddings?: CopiedEmbeddings | undefined;
}

/** Samples in the memory of parameters, to be scored by these as often as wanted. */
export class ScoredSamples {
  readonly #parameters: ParameterTable;
  readonly #samples: FmSamples;
  readonly #arrays: KernelArrays;
  readonly #tables: number;
  /** Rows with embeddings. */
  readonly #numPooled: number;
  readonly #scores: KernelArray<Float32Array<SharedArrayBuffer>>;
  readonly #threadArgs: readonly (readonly number[])[];
  #metrics: MetricsArrays | undefined;

  constructor(parameters: ParameterTable, samples: FmSamples, { arrays, threads, ...shared }: ScoredSamplesOptions) {
    const { rows = copyRows(parameters, arrays, samples.rows) } = shared;
    const { embeddings = copyEmbeddings(parameters, arrays, samples.embeddings) } = shared;
    this.#parameters = parameters;
    this.#samples = samples;
    this.#arrays = arrays;
    this.#tables = sampleTables(parameters, arrays, rows, samples, embeddings);
    this.#numPooled = embeddings?.numRows ?? 0;
    this.#scores = arrays.add(parameters.memory.allocFloat32(samples.numSamples));
    this.#threadArgs = Array.from({ length: threads }, () => [poolingScratch(parameters, arrays)]);
  }

  /** Scores by the parameters as they are now; a view of kernel memory that the next call overwrites. */
  async score(run: RunKernel): Promise<Float32Array<SharedArrayBuffer>> {
    const job = { memory: this.#parameters.memory, threadArgs: this.#threadArgs };
    await run({ ...job, kernel: "fmPool", args: [this.#tables], total: this.#numPooled, chunk: ROWS_PER_CALL });
    const total = this.#samples.numSamples;
    const args = [this.#tables, this.#scores.pointer];
    await run({ ...job, kernel: "fmPredict", args, total, chunk: SAMPLES_PER_CALL });
    return this.#scores.view;
  }

  /** How well these scores tell the samples apart, as `evaluateClicks` has it, to seven digits. */
  async evaluate(run: RunKernel, threshold: number): Promise<ClickMetrics> {
    await this.score(run);
    const { numSamples, numPositive } = this.#samples;
    const { memory } = this.#parameters;
    this.#metrics ??= this.#allocateMetrics();
    const { targets, scratch, result } = this.#metrics;
    const args = [this.#scores.pointer, targets, threshold, scratch, result.pointer];
    await run({ memory, kernel: "clickMetrics", args, total: numSamples, chunk: Math.max(1, numSamples) });
    const [auc = 0, loss = 0, numAbove = 0, numFound = 0] = result.view;
    return {
      auc,
      logLoss: loss / Math.max(1, numSamples),
      precision: numFound / Math.max(1, numAbove),
      recall: numFound / Math.max(1, numPositive),
    };
  }
  #allocateMetrics(): MetricsArrays {
    const { memory } = this.#parameters;
    const { targets, numSamples } = this.#samples;
    const scratchBytes = memory.call("clickMetricsScratch", numSamples) ?? 0;
    const copied = this.#arrays.add(memory.allocUint8(numSamples));
    copied.view.set(targets);
    return {
      targets: copied.pointer,
      scratch: this.#arrays.add(memory.allocUint8(scratchBytes)).pointer,
      result: this.#arrays.add(memory.allocFloat64(4)),
    };
  }
}

/** What `clickMetrics` of the kernels takes. */
interface MetricsArrays {
  readonly targets: number;
  readonly scratch: number;
  readonly result: KernelArray<Float64Array<SharedArrayBuffer>>;
}
