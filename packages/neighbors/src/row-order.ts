import type { SparseRows } from "./sparse-rows.ts";

/** Rows that the kernel scans together. */
export const SCAN_BLOCK = 16384;
const BUCKETS = 65536;

/** New numbers ("positions") for rows. */
export interface RowOrder {
  /** Row at each position: first those that can be returned. */
  readonly rows: Int32Array;
  /** Position of each row. */
  readonly positions: Int32Array;
  /** Positions below it are rows that have features and are not excluded. */
  readonly numTargets: number;
}

/**
 * Puts rows of about the same norm into the same block and mixes the blocks, so that the first ones are like the whole.
 * Cost: O(rows).
 */
export function orderRows(
  { offsets }: SparseRows,
  norms: Float32Array | undefined,
  isExcluded: Uint8Array | undefined,
): RowOrder {
  const numRows = offsets.length - 1;
  const isTarget = (row: number) => offsets[row + 1]! > offsets[row]! && (isExcluded?.[row] ?? 0) === 0;
  const sorted = sortByNorm(numRows, isTarget, norms);
  const rows = new Int32Array(numRows);
  const numFull = Math.floor(sorted.length / SCAN_BLOCK);
  for (const [place, block] of mixed(numFull).entries()) {
    rows.set(sorted.subarray(block * SCAN_BLOCK, (block + 1) * SCAN_BLOCK), place * SCAN_BLOCK);
  }
  rows.set(sorted.subarray(numFull * SCAN_BLOCK), numFull * SCAN_BLOCK);
  let next = sorted.length;
  for (let row = 0; row < numRows; row++) if (!isTarget(row)) rows[next++] = row;
  const positions = new Int32Array(numRows);
  for (let position = 0; position < numRows; position++) positions[rows[position]!] = position;
  return { rows, positions, numTargets: sorted.length };
}

/** Target rows by ascending norm, to within the width of a bucket; without norms as they are. */
function sortByNorm(numRows: number, isTarget: (row: number) => boolean, norms: Float32Array | undefined): Int32Array {
  let most = 0;
  for (let row = 0; row < numRows; row++) if (isTarget(row)) most = Math.max(most, norms?.[row] ?? 0);
  const scale = most > 0 ? (BUCKETS - 1) / most : 0;
  const bucketOf = (row: number) => Math.floor((norms?.[row] ?? 0) * scale);
  const starts = new Int32Array(BUCKETS + 1);
  for (let row = 0; row < numRows; row++) if (isTarget(row)) starts[bucketOf(row) + 1]!++;
  for (let bucket = 0; bucket < BUCKETS; bucket++) starts[bucket + 1]! += starts[bucket]!;
  const sorted = new Int32Array(starts[BUCKETS]!);
  for (let row = 0; row < numRows; row++) if (isTarget(row)) sorted[starts[bucketOf(row)]!++] = row;
  return sorted;
}

/** The numbers below `count`, each far from the one before. */
function mixed(count: number): number[] {
  let stride = Math.max(1, Math.round(count * 0.618));
  while (greatestDivisor(stride, count) !== 1) stride++;
  return Array.from({ length: count }, (_, place) => (place * stride) % count);
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
