// Sizes and places that the files of the scan kernel share.

import { WEIGHT_MASK, WEIGHT_UNIT } from "./sparse-neighbors";

/** Rows of a block. */
export const BLOCK = 16384;
/** Rows of the first step, from which the first neighbors come: without them every row that has anything in common is a candidate. */
export const FIRST = 2048;
/** Bound that the worst kept neighbor gets; what is far above it saturates at 255. */
export const BOUND: f32 = 224;
/** Most queries of a call. */
export const BATCH = 32;
/** Bytes of the state of a query: kept neighbors; accepted rows, sums of their counts and weights (floats, fading). */
export const STATE: usize = 16;
/** Bytes of an active group: its table and the pointer to its plane. */
export const ACTIVE: usize = 32;

// Pointers of an index, in words: offsets, indices, weights, list offsets, lists, norms, shrinkage, originals, planes, groups,
// slots, targets, block norms, most features of a row. Scratch: sums of a block, candidates, histogram, states, group weights and
// active groups (64 of each), cursors of each query, marks of each feature.
export const CANDIDATES: usize = BLOCK;
export const HISTOGRAM: usize = CANDIDATES + BLOCK * 4;
export const STATES: usize = HISTOGRAM + 1024;
export const GROUP_WEIGHTS: usize = STATES + <usize>BATCH * STATE;
export const ACTIVES: usize = GROUP_WEIGHTS + 64 * 16;
export const LANES: usize = ACTIVES + 64 * ACTIVE;
export const CURSORS: usize = LANES + 64;

/** Least S + extra * c of a row whose score reaches `score`: the minimum over c of T (1 + shrinkage / c) + extra * c. */
// @ts-ignore: decorator
@inline
export function leastSum(score: f32, norm: f32, shrinkage: f32, extra: f32): f32 {
  const sum = score / norm;
  // A little less, against rounding.
  return (sum + <f32>2 * sqrt<f32>(sum * shrinkage * extra)) * <f32>0.99999;
}

// @ts-ignore: decorator
@inline
export function weightOf(mark: u64): f32 {
  return <f32>(<f64>(<i64>(mark & WEIGHT_MASK)) * WEIGHT_UNIT);
}
