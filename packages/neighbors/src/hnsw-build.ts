import { abortable } from "./dense-search.ts";
import type { DenseVectors } from "./dense-vectors.ts";
import { drawLevels, entryOf, HnswGraph } from "./hnsw-graph.ts";
import type { HnswOptions, HnswParameters } from "./hnsw-options.ts";

/** Jobs, between which progress is reported. */
const PROGRESS_STEPS = 20;

/** Links the rows of an index; rows without direction are left out. */
export async function buildGraph(vectors: DenseVectors, parameters: HnswParameters, options: HnswOptions): Promise<HnswGraph> {
  const { memory, pool, numRows } = vectors;
  const { m, efConstruction, seed } = parameters;
  const linked = Int32Array.from({ length: numRows }, (_, row) => row).filter((row) => vectors.hasDirection(row));
  const levels = drawLevels(numRows, m, seed);
  const entry = entryOf(levels, linked);
  const graph = new HnswGraph(vectors, m, levels, entry);
  using order = memory.copyInt32(linked.filter((row) => row !== entry));
  const { length } = order;
  const threads = Math.min(options.threads ?? pool.threads, pool.threads);
  const bytes = memory.call("hnswBeamBytes", efConstruction, 2 * m) ?? 0;
  const beams = Array.from({ length: threads }, () => memory.allocUint8(bytes));
  const step = Math.max(256, Math.ceil(length / PROGRESS_STEPS));
  for (let start = 0; start < length; start += step) {
    const total = Math.min(step, length - start);
    const run = pool.run({
      memory,
      kernel: "hnswInsert",
      args: [graph.pointer, order.pointer + 4 * start, efConstruction],
      threadArgs: beams.map(({ pointer }, thread) => [graph.visited(thread), pointer]),
      threads,
      total,
      chunk: 16,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    await abortable(run, options.signal);
    options.onProgress?.({ done: start + total, total: length });
  }
  for (const beam of beams) beam.free();
  return graph;
}
