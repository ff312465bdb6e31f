// Exact nearest neighbors over sparse binary features: sums of feature weights through inverted lists, then the best `limit`.
// Works on whole rows; the scratch of a thread is all zeros before and after every row.

/** Words of a source record: offsets, indices, weights, list offsets, lists, norms (0: plain sums), shrinkage (float), unused. */
const SOURCE_BYTES: usize = 32;

/**
 * Neighbors of the rows queries[begin, end): query q gets its `limit` best at outIndices and outScores + q * limit, best first,
 * equal scores by ascending row, -1 and 0 where there are fewer. The score is the mean over the sources of
 * sum * norm(a) * norm(b) * count / (count + shrinkage), where sum and count are over the common features.
 * scratch: 5 * (rows + 1) words of this thread, all zero: sums and counts in pairs, totals, touched rows, found rows.
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
    let foundBytes: usize = 0;
    for (let s = 0; s < numSources; s++) {
      const source = sources + (<usize>s) * SOURCE_BYTES;
      const touchedBytes = addCommon(source, row, scratch, touched);
      foundBytes = addScores(source, row, scratch, touched, touchedBytes, totals, found, foundBytes);
    }
    const at = (<usize>q) * (<usize>limit) << 2;
    selectBest(totals, found, foundBytes, scale, outIndices + at, outScores + at, limit);
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
  let touchedBytes: usize = 0;
  for (let entry = indices + ((<usize>load<i32>(offsets)) << 2); entry < last; entry += 4) {
    const feature = (<usize>load<i32>(entry)) << 2;
    const weight = load<f32>(weights + feature);
    const listEnd = lists + ((<usize>load<i32>(listOffsets + feature, 4)) << 2);
    for (let at = lists + ((<usize>load<i32>(listOffsets + feature)) << 2); at < listEnd; at += 4) {
      const other = load<i32>(at);
      const slot = sums + ((<usize>other) << 3);
      const count = load<i32>(slot, 4);
      // Written always and kept only the first time: no branch to mispredict.
      store<i32>(touched + touchedBytes, other);
      touchedBytes += (<usize>(count == 0)) << 2;
      store<f32>(slot, load<f32>(slot) + weight);
      store<i32>(slot, count + 1, 4);
    }
  }
  return touchedBytes;
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
  for (let at: usize = 0; at < touchedBytes; at += 4) {
    const other = load<i32>(touched + at);
    const slot = sums + ((<usize>other) << 3);
    let score = load<f32>(slot);
    const count = <f32>load<i32>(slot, 4);
    store<u64>(slot, 0);
    if (other == row) continue;
    if (norms != 0) score *= rowNorm * load<f32>(norms + ((<usize>other) << 2));
    score *= count / (count + shrinkage);
    const total = totals + ((<usize>other) << 2);
    const before = load<f32>(total);
    store<i32>(found + foundBytes, other);
    foundBytes += (<usize>(before == 0 && score > 0)) << 2;
    store<f32>(total, before + score);
  }
  return foundBytes;
}

/** Keeps the best `limit` of the found rows in a heap whose root is the worst kept, then sorts it; clears the totals. */
function selectBest(totals: usize, found: usize, foundBytes: usize, scale: f32, indices: usize, scores: usize, limit: i32): void {
  let size = 0;
  for (let at: usize = 0; at < foundBytes; at += 4) {
    const row = load<i32>(found + at);
    const total = totals + ((<usize>row) << 2);
    const score = load<f32>(total) * scale;
    store<f32>(total, 0);
    if (size < limit) {
      siftUp(indices, scores, size, row, score);
      size++;
    } else if (isWorse(load<f32>(scores), load<i32>(indices), score, row)) {
      siftDown(indices, scores, size, row, score);
    }
  }
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
