// The best (score, index) pairs of a stream, without a heap: what beats the threshold is appended, and a full buffer is cut to the best
// `limit`, whose worst becomes the threshold. Appending costs a store where a heap sifts, cuts are rare (of n pairs in random order
// about log n pass a second time), and neither branches on data. Pairs come in ascending order of index; of equal scores the first stay.

/** A buffer has room for at least this many pairs more than it keeps, so that cuts are worth their passes. */
const LEAST_ROOM = 412;
/** Digits of a radix sort pass, and their number. */
const DIGITS = 256;
const PASSES: u32 = 4;

/** Pairs that a buffer for the best `limit` has room for: a multiple of 4. */
// @ts-ignore: decorator
@inline
export function bufferCapacity(limit: i32): i32 {
  return (limit + max(LEAST_ROOM, limit) + 3) & ~3;
}

/** Floats of a buffer: threshold, count and two numbers unused, then the scores, then the indices. */
// @ts-ignore: decorator
@inline
export function bufferFloats(limit: i32): i32 {
  return 4 + 2 * bufferCapacity(limit);
}

/** Floats of scratch that takeBest needs. */
// @ts-ignore: decorator
@inline
export function sortFloats(limit: i32): i32 {
  return <i32>PASSES * DIGITS + 4 * limit;
}

/** Empties a buffer. */
export function clearBuffer(buffer: usize): void {
  store<f32>(buffer, -Infinity);
  store<i32>(buffer, 0, 4);
}

/** Appends those of `count` scores (a multiple of 8) that beat the threshold; they belong to the indices from `first` on. */
export function collect(list: usize, first: i32, count: i32, buffer: usize, limit: i32): void {
  const capacity = bufferCapacity(limit);
  const scores = buffer + 16;
  const indices = scores + ((<usize>capacity) << 2);
  let size = load<i32>(buffer, 4);
  let threshold = v128.load32_splat(buffer);
  for (let i = 0; i < count; i += 8) {
    const at = list + ((<usize>i) << 2);
    const isBetter = i16x8.narrow_i32x4_s(f32x4.gt(v128.load(at), threshold), f32x4.gt(v128.load(at, 16), threshold));
    for (let lanes = i16x8.bitmask(isBetter); lanes != 0; lanes &= lanes - 1) {
      const lane = ctz(lanes);
      const slot = (<usize>size) << 2;
      store<f32>(scores + slot, load<f32>(at + ((<usize>lane) << 2)));
      store<i32>(indices + slot, first + i + lane);
      if (++size == capacity) {
        threshold = f32x4.splat(cut(scores, indices, size, limit));
        size = limit;
      }
    }
  }
  store<f32>(buffer, f32x4.extract_lane(threshold, 0));
  store<i32>(buffer, size, 4);
}

/**
 * Keeps the best `limit` of `count` > `limit` pairs in their order and returns the score that others must beat. The score is found by
 * halving the interval between the worst and the best: each step counts in vectors, and about a dozen tell the pairs apart.
 */
function cut(scores: usize, indices: usize, count: i32, limit: i32): f32 {
  const end = scores + ((<usize>count) << 2);
  for (let pad = count; (pad & 3) != 0; pad++) store<f32>(scores + ((<usize>pad) << 2), -Infinity);
  let low: f32 = Infinity;
  let high: f32 = -Infinity;
  for (let at = scores; at < end; at += 4) {
    const score = load<f32>(at);
    low = min(low, score);
    high = max(high, score);
  }
  // At least `limit` scores are >= low, fewer are >= high, unless that many share the highest.
  if (countAtLeast(scores, end, high) >= limit) low = high;
  for (;;) {
    const middle: f32 = low * 0.5 + high * 0.5;
    if (!(middle > low && middle < high)) break;
    const found = countAtLeast(scores, end, middle);
    if (found >= limit) low = middle;
    else high = middle;
    if (found == limit) break;
  }
  keepBest(scores, indices, count, limit, low);
  return low;
}

/** Moves the pairs above `worst`, and as many of the first that equal it as are wanted, to the front. */
function keepBest(scores: usize, indices: usize, count: i32, limit: i32, worst: f32): void {
  let numTied = limit;
  for (let i: usize = 0; i < <usize>count; i++) numTied -= i32(load<f32>(scores + (i << 2)) > worst);
  let kept: usize = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const score = load<f32>(scores + (i << 2));
    const isTied = i32(score == worst) & i32(numTied > 0);
    numTied -= isTied;
    store<f32>(scores + (kept << 2), score);
    store<i32>(indices + (kept << 2), load<i32>(indices + (i << 2)));
    kept += <usize>(i32(score > worst) | isTied);
  }
}

function countAtLeast(scores: usize, end: usize, bound: f32): i32 {
  const bounds = f32x4.splat(bound);
  let counts = i32x4.splat(0);
  for (let at = scores; at < end; at += 16) counts = i32x4.sub(counts, f32x4.ge(v128.load(at), bounds));
  return i32x4.extract_lane(counts, 0) + i32x4.extract_lane(counts, 1) + i32x4.extract_lane(counts, 2) + i32x4.extract_lane(counts, 3);
}

/** Writes the best `limit` pairs of a buffer, best first; past the last one the score is -Infinity and the index -1. */
export function takeBest(buffer: usize, limit: i32, outScores: usize, outIndices: usize, scratch: usize): void {
  const scores = buffer + 16;
  const indices = scores + ((<usize>bufferCapacity(limit)) << 2);
  let count = load<i32>(buffer, 4);
  if (count > limit) {
    cut(scores, indices, count, limit);
    count = limit;
  }
  const sorted = sortPairs(scores, indices, count, scratch);
  for (let i: usize = 0; i < <usize>limit; i++) {
    const isThere = i < <usize>count;
    const pair = isThere ? load<u64>(sorted + (i << 3)) : 0;
    store<f32>(outScores + (i << 2), isThere ? scoreOf(<u32>(pair >> 32)) : -Infinity);
    store<i32>(outIndices + (i << 2), isThere ? <i32>(pair & 0xffffffff) : -1);
  }
}

/** Sorts pairs by descending score, equal ones in their order, as words of key and index (radix sort, lowest digit first). */
function sortPairs(scores: usize, indices: usize, count: i32, scratch: usize): usize {
  let from = scratch + ((<usize>(PASSES * DIGITS)) << 2);
  let to = from + ((<usize>count) << 3);
  memory.fill(scratch, 0, (PASSES * DIGITS) << 2);
  for (let i: usize = 0; i < <usize>count; i++) {
    const key = keyOf(load<f32>(scores + (i << 2)));
    store<u64>(from + (i << 3), ((<u64>key) << 32) | <u64>load<u32>(indices + (i << 2)));
    for (let pass: u32 = 0; pass < PASSES; pass++) {
      const slot = scratch + ((<usize>(pass * DIGITS + ((key >>> (pass << 3)) & 255))) << 2);
      store<i32>(slot, load<i32>(slot) + 1);
    }
  }
  for (let pass: u32 = 0; pass < PASSES; pass++) {
    const places = scratch + ((<usize>(pass * DIGITS)) << 2);
    let start = 0;
    for (let digit: usize = 0; digit < <usize>DIGITS; digit++) {
      const found = load<i32>(places + (digit << 2));
      store<i32>(places + (digit << 2), start);
      start += found;
    }
    for (let i: usize = 0; i < <usize>count; i++) {
      const pair = load<u64>(from + (i << 3));
      const slot = places + ((<usize>((<u32>(pair >> 32) >>> (pass << 3)) & 255)) << 2);
      const place = load<i32>(slot);
      store<i32>(slot, place + 1);
      store<u64>(to + ((<usize>place) << 3), pair);
    }
    const last = from;
    from = to;
    to = last;
  }
  return from;
}

/** Unsigned number that falls as the score rises; both zeros give the same. */
// @ts-ignore: decorator
@inline
function keyOf(score: f32): u32 {
  const bits = reinterpret<u32>(score + 0);
  return ~(bits ^ (<u32>(<i32>bits >> 31) | 0x80000000));
}

/** The score of a key. */
// @ts-ignore: decorator
@inline
function scoreOf(key: u32): f32 {
  const bits = ~key;
  return reinterpret<f32>(bits ^ (<u32>(<i32>~bits >> 31) | 0x80000000));
}
