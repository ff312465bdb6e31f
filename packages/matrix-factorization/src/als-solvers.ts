import type { RunKernel } from "@furze/fitting";
import type { KernelArray, KernelArrays } from "@furze/kernels";
import type { Factors } from "./factors.ts";

/** Conjugate gradient steps per row and half epoch; two lose quality per epoch, four gain none. */
const STEPS = 3;
/** Rows of a kernel call: a few milliseconds. */
const ROWS_PER_CHUNK = 32;
/** Rows of a call that only copies. */
const ROWS_PER_COPY = 4096;
/** Factors of a block: the kernel's registers hold no more. */
const BLOCK_SIZE = 8;
/** Floats of scratch that the subspace kernel needs. */
const SCRATCH_FLOATS = BLOCK_SIZE * (BLOCK_SIZE + 2);

/** One side of the alternation: the entries of its rows and their penalties. */
export interface AlsSide {
  readonly factors: KernelArray<Float32Array<SharedArrayBuffer>>;
  readonly count: number;
  readonly offsets: KernelArray<Int32Array<SharedArrayBuffer>>;
  readonly indices: KernelArray<Int32Array<SharedArrayBuffer>>;
  readonly values: KernelArray<Float32Array<SharedArrayBuffer>> | undefined;
  readonly penalties: KernelArray<Float32Array<SharedArrayBuffer>>;
}

/** How the rows of one side are improved while the other side is held. */
export interface AlsSolver {
  /** gram: pointer to the scaled Gram matrix of the source. */
  solve(run: RunKernel, target: AlsSide, source: AlsSide, gram: number): Promise<void>;
}

/** All factors of a row together, by a few steps of conjugate gradients from where the row is. */
export class ConjugateGradientSolver implements AlsSolver {
  readonly #factors: Factors;
  readonly #panels: KernelArray<Float32Array<SharedArrayBuffer>>;
  readonly #threadArgs: readonly (readonly number[])[];

  constructor(factors: Factors, arrays: KernelArrays, threads: number) {
    const { memory, stride } = factors;
    this.#factors = factors;
    this.#panels = arrays.add(memory.allocFloat32(stride * stride));
    this.#threadArgs = Array.from({ length: threads }, () => [arrays.add(memory.allocFloat32(12 * stride + 4)).pointer]);
  }

  async solve(run: RunKernel, target: AlsSide, source: AlsSide, gram: number): Promise<void> {
    const { memory, stride } = this.#factors;
    memory.call("gramPanels", gram, stride, this.#panels.pointer);
    const args = [target.factors.pointer, source.factors.pointer, stride, target.offsets.pointer, target.indices.pointer];
    args.push(target.values?.pointer ?? 0, target.penalties.pointer, this.#panels.pointer, STEPS);
    await run({ memory, kernel: "alsRows", args, threadArgs: this.#threadArgs, total: target.count, chunk: ROWS_PER_CHUNK });
  }
}

/** One block of factors after the other, each solved exactly. */
export class SubspaceSolver implements AlsSolver {
  readonly #factors: Factors;
  readonly #block: KernelArray<Float32Array<SharedArrayBuffer>>;
  readonly #predictions: KernelArray<Float32Array<SharedArrayBuffer>>;
  readonly #threadArgs: readonly (readonly number[])[];

  constructor(factors: Factors, arrays: KernelArrays, threads: number, numEntries: number) {
    const { memory, numUsers, numItems } = factors;
    this.#factors = factors;
    this.#block = arrays.add(memory.allocFloat32(Math.max(numUsers, numItems) * BLOCK_SIZE));
    this.#predictions = arrays.add(memory.allocFloat32(numEntries));
    this.#threadArgs = Array.from({ length: threads }, () => [arrays.add(memory.allocFloat32(SCRATCH_FLOATS)).pointer]);
  }

  async solve(run: RunKernel, target: AlsSide, source: AlsSide, gram: number): Promise<void> {
    const { memory, stride } = this.#factors;
    const rows = { memory, total: target.count, chunk: ROWS_PER_CHUNK };
    const predictions = this.#predictions.pointer;
    const entries = [target.offsets.pointer, target.indices.pointer];
    const weights = [target.values?.pointer ?? 0, target.penalties.pointer, gram];
    await run({
      ...rows,
      kernel: "alsPredictions",
      args: [target.factors.pointer, source.factors.pointer, stride, ...entries, predictions],
    });
    for (let column = 0; column < stride; column += BLOCK_SIZE) {
      const block = [column, this.#block.pointer];
      await run({
        memory,
        kernel: "packBlock",
        args: [source.factors.pointer, stride, ...block],
        total: source.count,
        chunk: ROWS_PER_COPY,
      });
      await run({
        ...rows,
        kernel: "alsSubspaceRows",
        args: [target.factors.pointer, stride, ...block, ...entries, ...weights, predictions],
        threadArgs: this.#threadArgs,
      });
    }
  }
}
