// Exact nearest neighbors over sparse binary features for many rows. Rows (the "targets") come in blocks that stay in the cache.
// For each query and block every row gets an upper bound of its similarity in one byte: features that few rows hold are added through
// inverted lists, features that many rows hold by table look-up, four features of 16 rows in one instruction (the "fast scan" of
// Andre, Kermarrec, Le Scouarnec, VLDB 2015). Only rows whose bound reaches the worst kept neighbor are scored exactly.
import { evaluate } from "./scan-candidates";
import {
  ACTIVE,
  ACTIVES,
  BATCH,
  BLOCK,
  BOUND,
  CANDIDATES,
  CURSORS,
  FIRST,
  GROUP_WEIGHTS,
  LANES,
  leastSum,
  STATE,
  STATES,
  weightOf,
} from "./scan-layout";
import { sortBest } from "./sparse-neighbors";

/** Bytes of the scratch of a thread, before the cursors (batch * most features of a row words) and marks (8 bytes a feature). */
export function scanScratch(): i32 {
  return <i32>CURSORS;
}

/**
 * Neighbors of the positions queries[begin, end), at most 32; results as in sparseNeighbors, given as original rows.
 * Sums, group weights and marks in the scratch are zero before and after.
 */
export function scanNeighbors(
  index: usize,
  queries: usize,
  limit: i32,
  outIndices: usize,
  outScores: usize,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const targets = load<i32>(index, 44);
  const stride = (<usize>load<u32>(index, 52)) << 2;
  const listBytes = (<usize>limit) << 2;
  for (let q = begin; q < end; q++) {
    const i = <usize>(q - begin);
    memory.fill(scratch + STATES + i * STATE, 0, STATE);
    setCursors(index, load<i32>(queries + ((<usize>q) << 2)), scratch + CURSORS + i * stride);
  }
  let last = 0;
  for (let first = 0; first < targets; first = last) {
    last = min(targets, first == 0 ? FIRST : first - (first % BLOCK) + BLOCK);
    for (let q = begin; q < end; q++) {
      const at = <usize>q * listBytes;
      const position = load<i32>(queries + ((<usize>q) << 2));
      scanBlock(index, position, first, last, limit, outIndices + at, outScores + at, scratch, <usize>(q - begin), stride);
    }
  }
  for (let q = begin; q < end; q++) {
    const at = <usize>q * listBytes;
    sortBest(outIndices + at, outScores + at, load<i32>(scratch + STATES + <usize>(q - begin) * STATE), limit);
  }
}

function setCursors(index: usize, position: i32, cursors: usize): void {
  const offsets = (<usize>load<u32>(index)) + ((<usize>position) << 2);
  const indices = <usize>load<u32>(index, 4);
  const listOffsets = <usize>load<u32>(index, 12);
  const last = indices + ((<usize>load<i32>(offsets, 4)) << 2);
  for (let entry = indices + ((<usize>load<i32>(offsets)) << 2); entry < last; entry += 4) {
    store<i32>(cursors, load<i32>(listOffsets + ((<usize>load<i32>(entry)) << 2)));
    cursors += 4;
  }
}

/** Offers the rows [first, last) of one block to the heap of one query. */
function scanBlock(
  index: usize,
  position: i32,
  first: i32,
  last: i32,
  limit: i32,
  outIndices: usize,
  outScores: usize,
  scratch: usize,
  query: usize,
  stride: usize,
): void {
  const state = scratch + STATES + query * STATE;
  const marks = scratch + CURSORS + <usize>BATCH * stride;
  const norms = <usize>load<u32>(index, 20);
  const shrinkage = load<f32>(index, 24);
  const rowNorm: f32 = norms == 0 ? 1 : load<f32>(norms + ((<usize>position) << 2));
  const blockNorm = load<f32>(<usize>load<u32>(index, 48) + ((<usize>(first / BLOCK)) << 2));
  const total = markFeatures(index, position, marks);
  const count = <f32>rowLength(index, position);
  if (count == 0) return;
  // The score S c / (c + shrinkage) of a row is bounded by a line in S and c: extra is what each common feature counts beside its weight.
  const accepted = load<f32>(state, 4);
  const meanCount: f32 = accepted > 0 ? load<f32>(state, 8) / accepted : max<f32>(1, count / 3);
  const meanWeight: f32 = accepted > 0 ? load<f32>(state, 12) / load<f32>(state, 8) : total / count;
  const extra: f32 = shrinkage > 0 ? (meanWeight * shrinkage) / (meanCount + shrinkage) : 0;
  const isFull = load<i32>(state) == limit;
  const norm = rowNorm * blockNorm;
  const unit: f32 = isFull
    ? leastSum(load<f32>(outScores), norm, shrinkage, extra) / BOUND
    : max<f32>(1e-20, (total + count * extra) / 255);
  const bound: i32 = isFull ? <i32>BOUND : 1;
  addLists(index, position, first, last, extra, (<f32>1.000001) / unit, scratch, scratch + CURSORS + query * stride);
  const actives = fillTables(index, first, scratch);
  const candidates = scanRows(actives, last - first, bound, scratch);
  evaluate(index, position, first, limit, outIndices, outScores, scratch, state, candidates, bound, norm, extra, unit);
  clearMarks(index, position, marks);
}

// @ts-ignore: decorator
@inline
function rowLength(index: usize, position: i32): i32 {
  const offsets = (<usize>load<u32>(index)) + ((<usize>position) << 2);
  return load<i32>(offsets, 4) - load<i32>(offsets);
}

/** Spreads the weights of the query's features over the marks; returns their sum. */
function markFeatures(index: usize, position: i32, marks: usize): f32 {
  const offsets = (<usize>load<u32>(index)) + ((<usize>position) << 2);
  const indices = <usize>load<u32>(index, 4);
  const weights = <usize>load<u32>(index, 8);
  const last = indices + ((<usize>load<i32>(offsets, 4)) << 2);
  let total: f32 = 0;
  for (let entry = indices + ((<usize>load<i32>(offsets)) << 2); entry < last; entry += 4) {
    const at = (<usize>load<i32>(entry)) << 3;
    const weight = load<u64>(weights + at);
    store<u64>(marks + at, weight);
    total += weightOf(weight);
  }
  return total;
}

function clearMarks(index: usize, position: i32, marks: usize): void {
  const offsets = (<usize>load<u32>(index)) + ((<usize>position) << 2);
  const indices = <usize>load<u32>(index, 4);
  const last = indices + ((<usize>load<i32>(offsets, 4)) << 2);
  for (let entry = indices + ((<usize>load<i32>(offsets)) << 2); entry < last; entry += 4) {
    store<u64>(marks + ((<usize>load<i32>(entry)) << 3), 0);
  }
}

/** Adds the listed features to the sums of the block, rounded up, and notes the weights of the scanned ones. */
function addLists(index: usize, position: i32, first: i32, last: i32, extra: f32, perUnit: f32, scratch: usize, cursors: usize): void {
  const offsets = (<usize>load<u32>(index)) + ((<usize>position) << 2);
  const indices = <usize>load<u32>(index, 4);
  const weights = <usize>load<u32>(index, 8);
  const listOffsets = <usize>load<u32>(index, 12);
  const lists = <usize>load<u32>(index, 16);
  const slots = <usize>load<u32>(index, 40);
  const entryEnd = indices + ((<usize>load<i32>(offsets, 4)) << 2);
  const sums = scratch - <usize>first;
  for (let entry = indices + ((<usize>load<i32>(offsets)) << 2); entry < entryEnd; entry += 4, cursors += 4) {
    const feature = (<usize>load<i32>(entry)) << 2;
    const units = (weightOf(load<u64>(weights + (feature << 1))) + extra) * perUnit;
    const slot = load<i32>(slots + feature);
    if (slot >= 0) {
      store<f32>(scratch + GROUP_WEIGHTS + ((<usize>slot) << 2), units);
      continue;
    }
    const listEnd = lists + ((<usize>load<i32>(listOffsets + feature, 4)) << 2);
    let at = lists + ((<usize>load<i32>(cursors)) << 2);
    const added = min<i32>(255, <i32>ceil<f32>(min<f32>(255, units)));
    for (; at < listEnd; at += 4) {
      const target = load<i32>(at);
      if (target >= last) break;
      const slotSum = sums + <usize>target;
      store<u8>(slotSum, min<i32>(255, <i32>load<u8>(slotSum) + added));
    }
    store<i32>(cursors, <i32>((at - lists) >> 2));
  }
}

/** Makes the 16 sums of each group of four scanned features of which the query holds one; returns the number of such groups. */
function fillTables(index: usize, first: i32, scratch: usize): i32 {
  const groups = load<i32>(index, 36);
  let plane = <usize>load<u32>(index, 32) + <usize>(first / BLOCK) * <usize>groups * (BLOCK / 2) + ((<usize>(first % BLOCK)) >> 1);
  let active = scratch + ACTIVES;
  for (let group = 0; group < groups; group++, plane += BLOCK / 2) {
    const weights = scratch + GROUP_WEIGHTS + ((<usize>group) << 4);
    const four = v128.load(weights);
    if (!v128.any_true(four)) continue;
    v128.store(weights, i32x4.splat(0));
    for (let mask = 0; mask < 16; mask++) {
      let sum: f32 = 0;
      if ((mask & 1) != 0) sum += f32x4.extract_lane(four, 0);
      if ((mask & 2) != 0) sum += f32x4.extract_lane(four, 1);
      if ((mask & 4) != 0) sum += f32x4.extract_lane(four, 2);
      if ((mask & 8) != 0) sum += f32x4.extract_lane(four, 3);
      store<u8>(active + <usize>mask, <i32>ceil<f32>(min<f32>(255, sum)));
    }
    store<u32>(active, <u32>plane, 16);
    active += ACTIVE;
  }
  return <i32>((active - scratch - ACTIVES) / ACTIVE);
}

/** Completes the sums of the block, clears them and lists the rows that reach the bound (row, and sum << 16); returns how many. */
function scanRows(actives: i32, rows: i32, bound: i32, scratch: usize): i32 {
  const low = i8x16.splat(15);
  const least = i8x16.splat(<i8>bound);
  const zero = i8x16.splat(0);
  const lastActive = scratch + ACTIVES + <usize>actives * ACTIVE;
  let next = scratch + CANDIDATES;
  for (let row: usize = 0; row < <usize>rows; row += 64) {
    const sums = scratch + row;
    let a = v128.load(sums), b = v128.load(sums, 16), c = v128.load(sums, 32), d = v128.load(sums, 48);
    for (let active = scratch + ACTIVES; active < lastActive; active += ACTIVE) {
      const table = v128.load(active);
      const plane = <usize>load<u32>(active, 16) + (row >> 1);
      const x = v128.load(plane);
      const y = v128.load(plane, 16);
      a = i8x16.add_sat_u(a, i8x16.relaxed_swizzle(table, v128.and(x, low)));
      b = i8x16.add_sat_u(b, i8x16.relaxed_swizzle(table, v128.and(i16x8.shr_u(x, 4), low)));
      c = i8x16.add_sat_u(c, i8x16.relaxed_swizzle(table, v128.and(y, low)));
      d = i8x16.add_sat_u(d, i8x16.relaxed_swizzle(table, v128.and(i16x8.shr_u(y, 4), low)));
    }
    v128.store(sums, zero);
    v128.store(sums, zero, 16);
    v128.store(sums, zero, 32);
    v128.store(sums, zero, 48);
    const best = i8x16.max_u(i8x16.max_u(a, b), i8x16.max_u(c, d));
    if (!v128.any_true(i8x16.ge_u(best, least))) continue;
    const lanes = scratch + LANES;
    v128.store(lanes, a);
    v128.store(lanes, b, 16);
    v128.store(lanes, c, 32);
    v128.store(lanes, d, 48);
    let found = <u64>(<u32>i8x16.bitmask(i8x16.ge_u(a, least)) | (<u32>i8x16.bitmask(i8x16.ge_u(b, least)) << 16));
    found |= (<u64>(<u32>i8x16.bitmask(i8x16.ge_u(c, least)) | (<u32>i8x16.bitmask(i8x16.ge_u(d, least)) << 16))) << 32;
    while (found != 0) {
      const lane = <u32>ctz(found);
      found &= found - 1;
      store<u32>(next, <u32>row + lane + ((<u32>load<u8>(lanes + <usize>lane)) << 16));
      next += 4;
    }
  }
  return <i32>((next - scratch - CANDIDATES) >> 2);
}

