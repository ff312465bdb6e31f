import type { BandSearch } from "./dense-search.ts";
import type { DenseVectors } from "./dense-vectors.ts";
import type { RowMask } from "./row-mask.ts";

/** Most queries that one kernel call takes. */
const BLOCK = 64;

/**
 * Compares queries with every row: the nearest to q have the greatest q x - |x|^2 / 2.
 * Cost: rows * stride multiplications a query, about 0.1 ns each and thread.
 */
export function exactSearch(vectors: DenseVectors, mask: RowMask, signal: AbortSignal | undefined): BandSearch {
  const { memory, pool, stride, numRows } = vectors;
  return async ({ queries, selves, places, rows }) => {
    // Each query leaves out its own row.
    const offsets = Int32Array.from({ length: selves.length + 1 }, (_, i) => i);
    using excludeOffsets = memory.copyInt32(offsets);
    using excluded = memory.copyInt32(selves);
    using scores = memory.allocFloat32(selves.length * places);
    const scratch = memory.call("topItemsScratch", stride, places) ?? 0;
    const threadArrays = Array.from({ length: pool.threads }, () => memory.allocFloat32(scratch));
    const args = [queries.pointer, 0, vectors.pointer, numRows, stride, mask.biases().pointer, places];
    args.push(excludeOffsets.pointer, excluded.pointer, scores.pointer, rows.pointer);
    try {
      await pool.run({
        memory,
        kernel: "topItems",
        args,
        threadArgs: threadArrays.map(({ pointer }) => [pointer]),
        total: selves.length,
        chunk: Math.min(BLOCK, 4 * Math.max(1, Math.ceil(selves.length / pool.threads / 4))),
        ...(signal === undefined ? {} : { signal }),
      });
    } finally {
      for (const array of threadArrays) array.free();
    }
  };
}
