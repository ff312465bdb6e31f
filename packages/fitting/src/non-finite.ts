import type { KernelArray, KernelMemory, KernelTypedArray } from "@furze/kernels";
import type { FitThreads } from "./fit-threads.ts";

/** Number of floats in kernel memory that are infinite or NaN. Cost: one pass over them. */
export async function countNonFinite(
  threads: FitThreads,
  memory: KernelMemory,
  arrays: readonly KernelArray<KernelTypedArray>[],
): Promise<number> {
  let count = 0;
  for (const { pointer, length } of arrays)
    count += await threads.run({ memory, kernel: "countNonFinite", args: [pointer], total: length, chunk: 1 << 20 });
  return count;
}
