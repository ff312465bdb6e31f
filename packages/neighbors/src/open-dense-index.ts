import { InvalidArgumentError } from "@furze/core";
import type { DenseIndex } from "./dense-index.ts";
import { DenseNeighborIndex } from "./dense-neighbor-index.ts";
import type { DenseRows } from "./dense-rows.ts";
import { HnswIndex } from "./hnsw-index.ts";
import type { HnswOptions } from "./hnsw-options.ts";

export interface OpenDenseIndexOptions extends Omit<HnswOptions, "ef"> {
  /**
   * Part of the true neighbors that a search for `limit` of them finds in the mean, in (0, 1]. 1 is exact. Default 1 for up to
   * 100,000 rows, else 0.95.
   */
  readonly recall?: number | undefined;
  /** For how many neighbors the recall is meant. Default 100. */
  readonly limit?: number | undefined;
}

const EXACT_ROWS = 100_000;
const SAMPLE = 200;
const MAX_EF = 12_800;

/**
 * Makes the index that serves a wish for exactness: brute force for recall 1, else HNSW with the least ef, doubling from 25, that
 * reaches the recall on a sample of 200 rows; brute force again if none does.
 *
 * @throws {InvalidArgumentError} if the shape does not fit, a value is not finite or an option is out of range
 * @throws {AbortError} when the signal ends the call
 */
export async function openDenseIndex(rows: DenseRows, options: OpenDenseIndexOptions = {}): Promise<DenseIndex> {
  const exact = new DenseNeighborIndex(rows, options);
  const { recall = exact.numRows <= EXACT_ROWS ? 1 : 0.95, limit = 100 } = options;
  try {
    if (!(recall > 0 && recall <= 1)) throw new InvalidArgumentError("recall", `recall must be in (0, 1], got ${recall}`);
    if (recall === 1) return exact;
    const graph = await tuned(rows, exact, { ...options, recall, limit });
    if (graph === undefined) return exact;
    exact.dispose();
    return graph;
  } catch (error) {
    exact.dispose();
    throw error;
  }
}

async function tuned(
  rows: DenseRows,
  exact: DenseNeighborIndex,
  options: OpenDenseIndexOptions & { readonly recall: number; readonly limit: number },
): Promise<HnswIndex | undefined> {
  const { recall, limit, signal } = options;
  const size = Math.min(SAMPLE, exact.numRows);
  const sample = Int32Array.from({ length: size }, (_, place) => Math.floor((place * exact.numRows) / size));
  const truth = await exact.search(sample, limit, { signal });
  const built = await HnswIndex.build(rows, options);
  for (let ef = 25; ef <= MAX_EF; ef *= 2) {
    built.ef = ef;
    const found = await built.search(sample, limit, { signal });
    if (meanRecall(found.indices, truth.indices, limit) >= recall) return built;
  }
  built.dispose();
  return undefined;
}

/** Mean share of the true neighbors that were found; rows without neighbors do not count. */
function meanRecall(found: Int32Array, truth: Int32Array, limit: number): number {
  let hits = 0;
  let wanted = 0;
  for (let start = 0; start < truth.length; start += limit) {
    const have = new Set(found.subarray(start, start + limit));
    for (const row of truth.subarray(start, start + limit)) {
      if (row < 0) break;
      wanted++;
      if (have.has(row)) hits++;
    }
  }
  return wanted === 0 ? 1 : hits / wanted;
}
