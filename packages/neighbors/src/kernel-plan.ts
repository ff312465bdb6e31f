import type { KernelMemory } from "@furze/kernels";

/** A prepared search in kernel memory: `kernel(...args, queries, limit, indices, scores, ...threadArgs, begin, end)`. */
export interface KernelPlan {
  readonly kernel: "sparseNeighbors" | "scanNeighbors";
  readonly args: readonly number[];
  /** Scratch of each thread. */
  readonly threadArgs: readonly (readonly number[])[];
  /** Most queries of a call. */
  readonly maxChunk: number;
  /** Number by which the kernel knows each row; `undefined` when it is the row's own. */
  readonly positions: Int32Array | undefined;
  readonly numFeaturesLeftOut: number;
}

/** Where a plan is laid out. */
export interface PlanTarget {
  readonly memory: KernelMemory;
  readonly threads: number;
}
