import type { SparseNeighborOptions } from "./neighbor-options.ts";
import type { SparseRows } from "./sparse-rows.ts";
import { accumulationsPerRow, workBound } from "./weighted-source.ts";

/** Below it the lists are short enough for anything. */
const SCAN_MIN_ROWS = 16_384;
/** Additions that a look at each row costs less than: measured with labels of Zipf's and of even frequencies. */
const SCAN_COST = 0.25;

/** Scanning pays when the lists would cost more than a look at every row, or so much that features would be left out. */
export function chooseMethod(sources: readonly SparseRows[], options: SparseNeighborOptions): "lists" | "scan" {
  const rows = sources[0]!;
  const numRows = rows.offsets.length - 1;
  if (sources.length > 1 || numRows < SCAN_MIN_ROWS) return "lists";
  const work = accumulationsPerRow(rows);
  return work > Math.min(SCAN_COST * numRows, workBound(numRows, options)) ? "scan" : "lists";
}
