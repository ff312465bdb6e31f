import type { KernelPlan, PlanTarget } from "./kernel-plan.ts";
import type { SparseNeighborOptions } from "./neighbor-options.ts";
import type { SparseRows } from "./sparse-rows.ts";
import { invertRows, weightSource } from "./weighted-source.ts";

const SOURCE_WORDS = 8;

/**
 * Lays out a search that adds up inverted lists.
 * Memory: 8 bytes an entry, 12 bytes a feature, 8 a row, and 20 bytes a row for each thread.
 *
 * @throws {InvalidArgumentError} naming the option that is out of range
 */
export function planLists(sources: readonly SparseRows[], options: SparseNeighborOptions, target: PlanTarget): KernelPlan {
  const { memory, threads } = target;
  const numRows = sources[0]!.offsets.length - 1;
  let numFeaturesLeftOut = 0;
  const records = sources.map((rows) => {
    const source = weightSource(rows, options);
    numFeaturesLeftOut += source.numFeaturesLeftOut;
    const { listOffsets, lists } = invertRows(source.rows, options.isExcluded);
    const record = new Uint32Array(SOURCE_WORDS);
    record[0] = memory.copyInt32(source.rows.offsets).pointer;
    record[1] = memory.copyInt32(source.rows.indices).pointer;
    record[2] = memory.copyInt32(new Int32Array(source.weights.buffer)).pointer;
    record[3] = memory.copyInt32(listOffsets).pointer;
    record[4] = memory.copyInt32(lists).pointer;
    record[5] = source.norms === undefined ? 0 : memory.copyFloat32(source.norms).pointer;
    new Float32Array(record.buffer)[6] = source.shrinkage;
    return record;
  });
  const table = memory.allocUint32(SOURCE_WORDS * sources.length);
  for (const [index, record] of records.entries()) table.view.set(record, index * SOURCE_WORDS);
  return {
    kernel: "sparseNeighbors",
    args: [table.pointer, sources.length, numRows],
    // Sums (two words), totals, touched rows and found rows; the kernel leaves them zero as it finds them.
    threadArgs: Array.from({ length: threads }, () => [memory.allocInt32(5 * (numRows + 1)).pointer]),
    maxChunk: 16,
    positions: undefined,
    numFeaturesLeftOut,
  };
}
