// Exact nearest neighbors over sparse binary features: sums of feature weights through inverted lists, then the best `limit`.
// Works on whole rows; the scratch of a thread is all zeros before and after every row.

/** Words of a source record: offsets, indices, weights, list offsets, lists, norms (0: plain sums), shrinkage (float), unused. */
const SOURCE_BYTES: usize = 32;
/** A sum is one 64-bit number: the count of features above, their weights in units of 2^-20 below. Adding is exact in any order. */
const COUNT_SHIFT: u64 = 44;
export const WEIGHT_MASK: u64 = (1 << 44) - 1;
export const WEIGHT_UNIT: f64 = 1.0 / 1048576.0;

/**
 * Neighbors of the rows queries[begin, end): query q gets its `limit` best at outIndices and outScores + q * limit, best first,
 * equal scores by ascending row, -1 and 0 where there are fewer. The score is the mean over the sources of
 * sum * norm(a) * norm(b) * count / (count + shrinkage), where sum and count are over the common features.
 * Weights are 64-bit: 2^44 + weight * 2^20. scratch: 5 * (rows + 1) words of this thread, all zero:
 * sums (two words), totals, touched rows, found rows.
 */
export function sparseNeighbors(
  sources: usize,
  numSources: i32,
  rows: i32,
  queries: usize,
  limit: i32,
  outIndices: usize,
  outScores: usize,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const words = (<usize>(rows + 1)) << 2;
  const totals = scratch + words * 2;
  const touched = totals + words;
  const found = touched + words;
  const scale: f32 = <f32>1 / <f32>numSources;
  for (let q = begin; q < end; q++) {
    const row = load<i32>(queries + ((<usize>q) << 2));
    const at = ((<usize>q) * (<usize>limit)) << 2;
    let size = 0;
    if (numSources == 1) {
      const touchedBytes = addCommon(sources, row, scratch, touched);
      size = selectSums(sources, row, scratch, touched, touchedBytes, outIndices + at, outScores + at, limit);
    } else {
      let foundBytes: usize = 0;
      for (let s = 0; s < numSources; s++) {
        const source = sources + (<usize>s) * SOURCE_BYTES;
        const touchedBytes = addCommon(source, row, scratch, touched);
        foundBytes = addScores(source, row, scratch, touched, touchedBytes, totals, found, foundBytes);
      }
      size = selectTotals(totals, found, foundBytes, scale, outIndices + at, outScores + at, limit);
    }
    sortBest(outIndices + at, outScores + at, size, limit);
  }
}

/** Adds up weights and counts of the features that each row has in common with `row`; returns the bytes of the touched list. */
function addCommon(source: usize, row: i32, sums: usize, touched: usize): usize {
  const offsets = (<usize>load<u32>(source)) + ((<usize>row) << 2);
  const indices = <usize>load<u32>(source, 4);
  const weights = <usize>load<u32>(source, 8);
  const listOffsets = <usize>load<u32>(source, 12);
  const lists = <usize>load<u32>(source, 16);
  const last = indices + ((<usize>load<i32>(offsets, 4)) << 2);
  let next = touched;
  for (let entry = indices + ((<usize>load<i32>(offsets)) << 2); entry < last; entry += 4) {
    const feature = <usize>load<i32>(entry);
    const weight = load<u64>(weights + (feature << 3));
    const listEnd = lists + ((<usize>load<i32>(listOffsets + (feature << 2), 4)) << 2);
    for (let at = lists + ((<usize>load<i32>(listOffsets + (feature << 2))) << 2); at < listEnd; at += 4) {
      const other = load<i32>(at);
      const slot = sums + ((<usize>other) << 3);
      const sum = load<u64>(slot);
      // Written always and kept only the first time: no branch to mispredict.
      store<i32>(next, other);
      next += (<usize>(sum == 0)) << 2;
      store<u64>(slot, sum + weight);
    }
  }
  return next - touched;
}

/** Score of a sum; norms is 0 for plain sums. */
// @ts-ignore: decorator
@inline
export function scoreOf(sum: u64, norms: usize, rowNorm: f32, other: i32, shrinkage: f32): f32 {
  const weight = <f32>(<f64>(<i64>(sum & WEIGHT_MASK)) * WEIGHT_UNIT);
  if (norms == 0) return weight;
  const count = <f32>(<i32>(sum >> COUNT_SHIFT));
  return weight * (rowNorm * load<f32>(norms + ((<usize>other) << 2))) * (count / (count + shrinkage));
}

/** Keeps the best of the touched rows of a single source in a heap and clears the sums; returns how many it kept. */
function selectSums(
  source: usize,
  row: i32,
  sums: usize,
  touched: usize,
  touchedBytes: usize,
  indices: usize,
  scores: usize,
  limit: i32,
): i32 {
  const norms = <usize>load<u32>(source, 20);
  const shrinkage = load<f32>(source, 24);
  const rowNorm: f32 = norms == 0 ? 1 : load<f32>(norms + ((<usize>row) << 2));
  store<u64>(sums + ((<usize>row) << 3), 0);
  let size = 0;
  for (let at: usize = 0; at < touchedBytes; at += 4) {
    const other = load<i32>(touched + at);
    const slot = sums + ((<usize>other) << 3);
    const score = scoreOf(load<u64>(slot), norms, rowNorm, other, shrinkage);
    store<u64>(slot, 0);
    if (size == limit && score < load<f32>(scores)) continue;
    if (score > 0) size = offer(indices, scores, size, limit, other, score);
  }
  return size;
}

/** Turns sums into scores, adds them to the totals and clears the sums; returns the bytes of the list of rows that have a total. */
function addScores(
  source: usize,
  row: i32,
  sums: usize,
  touched: usize,
  touchedBytes: usize,
  totals: usize,
  found: usize,
  foundBytes: usize,
): usize {
  const norms = <usize>load<u32>(source, 20);
  const shrinkage = load<f32>(source, 24);
  const rowNorm: f32 = norms == 0 ? 1 : load<f32>(norms + ((<usize>row) << 2));
  store<u64>(sums + ((<usize>row) << 3), 0);
  for (let at: usize = 0; at < touchedBytes; at += 4) {
    const other = load<i32>(touched + at);
    const slot = sums + ((<usize>other) << 3);
    const score = scoreOf(load<u64>(slot), norms, rowNorm, other, shrinkage);
    store<u64>(slot, 0);
    const total = totals + ((<usize>other) << 2);
    const before = load<f32>(total);
    store<i32>(found + foundBytes, other);
    foundBytes += (<usize>(before == 0 && score > 0)) << 2;
    store<f32>(total, before + score);
  }
  return foundBytes;
}

/** Keeps the best of the found rows in a heap and clears the totals; returns how many it kept. */
function selectTotals(totals: usize, found: usize, foundBytes: usize, scale: f32, indices: usize, scores: usize, limit: i32): i32 {
  let size = 0;
  for (let at: usize = 0; at < foundBytes; at += 4) {
    const row = load<i32>(found + at);
    const total = totals + ((<usize>row) << 2);
    size = offer(indices, scores, size, limit, row, load<f32>(total) * scale);
    store<f32>(total, 0);
  }
  return size;
}

/** Puts a row into a heap of at most `limit` whose root is the worst kept, if it is better than that; returns the new size. */
// @ts-ignore: decorator
@inline
export function offer(indices: usize, scores: usize, size: i32, limit: i32, row: i32, score: f32): i32 {
  if (size < limit) {
    siftUp(indices, scores, size, row, score);
    return size + 1;
  }
  if (isWorse(load<f32>(scores), load<i32>(indices), score, row)) siftDown(indices, scores, size, row, score);
  return size;
}

/** Orders a heap best first and fills the places behind it. */
export function sortBest(indices: usize, scores: usize, size: i32, limit: i32): void {
  for (let i = size; i < limit; i++) {
    store<i32>(indices + ((<usize>i) << 2), -1);
    store<f32>(scores + ((<usize>i) << 2), 0);
  }
  // The worst goes behind the shrinking heap, so the best end up in front.
  for (let last = size - 1; last > 0; last--) {
    const slot = (<usize>last) << 2;
    const row = load<i32>(indices + slot);
    const score = load<f32>(scores + slot);
    store<i32>(indices + slot, load<i32>(indices));
    store<f32>(scores + slot, load<f32>(scores));
    siftDown(indices, scores, last, row, score);
  }
}

// @ts-ignore: decorator
@inline
function isWorse(score: f32, row: i32, otherScore: f32, otherRow: i32): bool {
  return score < otherScore || (score == otherScore && row > otherRow);
}

function siftUp(indices: usize, scores: usize, position: i32, row: i32, score: f32): void {
  while (position > 0) {
    const parent = (position - 1) >> 1;
    const up = (<usize>parent) << 2;
    if (!isWorse(score, row, load<f32>(scores + up), load<i32>(indices + up))) break;
    const slot = (<usize>position) << 2;
    store<i32>(indices + slot, load<i32>(indices + up));
    store<f32>(scores + slot, load<f32>(scores + up));
    position = parent;
  }
  store<i32>(indices + ((<usize>position) << 2), row);
  store<f32>(scores + ((<usize>position) << 2), score);
}

/** Puts a row in place of the root of a heap of `size` and restores the order. */
function siftDown(indices: usize, scores: usize, size: i32, row: i32, score: f32): void {
  let position = 0;
  for (;;) {
    let child = 2 * position + 1;
    if (child >= size) break;
    let down = (<usize>child) << 2;
    if (
      child + 1 < size &&
      isWorse(load<f32>(scores + down, 4), load<i32>(indices + down, 4), load<f32>(scores + down), load<i32>(indices + down))
    ) {
      child++;
      down += 4;
    }
    if (!isWorse(load<f32>(scores + down), load<i32>(indices + down), score, row)) break;
    const slot = (<usize>position) << 2;
    store<i32>(indices + slot, load<i32>(indices + down));
    store<f32>(scores + slot, load<f32>(scores + down));
    position = child;
  }
  store<i32>(indices + ((<usize>position) << 2), row);
  store<f32>(scores + ((<usize>position) << 2), score);
}
