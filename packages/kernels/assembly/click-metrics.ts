// How well scores tell positive from negative samples.
import { logarithm } from "./logarithm";
import { exponential } from "./sigmoid";

/** Values of a digit that keys are sorted by. */
const DIGITS = 256;

/** Bytes of scratch that clickMetrics needs for so many samples. */
export function clickMetricsScratch(count: i32): i32 {
  return 8 * count + 4 * DIGITS;
}

/**
 * Writes four doubles: the probability that a positive sample scores above a negative one, ties counting half, 0 when a class is empty; the
 * sum of the log-losses; how many samples, and how many positive ones, score above the threshold.
 * targets: bytes, 1 for a positive sample. The whole range in one call.
 */
export function clickMetrics(scores: usize, targets: usize, threshold: f32, scratch: usize, result: usize, begin: i32, end: i32): void {
  const count = end - begin;
  const numPositive = splitKeys(scores, targets, scratch, begin, end);
  const negatives = scratch + ((<usize>numPositive) << 2);
  const spare = scratch + ((<usize>count) << 2);
  const counts = spare + ((<usize>count) << 2);
  sortKeys(scratch, spare, counts, numPositive);
  sortKeys(negatives, spare, counts, count - numPositive);
  store<f64>(result, winShare(scratch, numPositive, negatives, count - numPositive));
  store<f64>(result, sumOfLosses(scores, targets, begin, end), 8);
  let numAbove = 0;
  let numFound = 0;
  for (let i = begin; i < end; i++) {
    if (load<f32>(scores + ((<usize>i) << 2)) <= threshold) continue;
    numAbove++;
    numFound += load<u8>(targets + <usize>i);
  }
  store<f64>(result, <f64>numAbove, 16);
  store<f64>(result, <f64>numFound, 24);
}

/** Writes keys that are in the order of the scores, those of positive samples first; returns how many these are. */
function splitKeys(scores: usize, targets: usize, keys: usize, begin: i32, end: i32): i32 {
  let positive = keys;
  let negative = keys + ((<usize>(end - begin)) << 2);
  for (let i = begin; i < end; i++) {
    // Minus zero equals zero, so their keys must.
    const bits = reinterpret<u32>(load<f32>(scores + ((<usize>i) << 2)) + 0);
    const key = <i32>bits < 0 ? ~bits : bits | 0x8000_0000;
    if (load<u8>(targets + <usize>i) != 0) {
      store<u32>(positive, key);
      positive += 4;
    } else {
      negative -= 4;
      store<u32>(negative, key);
    }
  }
  return <i32>((positive - keys) >> 2);
}

/** Sorts keys by one byte after the other, the lowest first; spare: room for as many. */
function sortKeys(keys: usize, spare: usize, counts: usize, count: i32): void {
  let from = keys;
  let to = spare;
  const bytes = (<usize>count) << 2;
  for (let shift = 0; shift < 32; shift += 8) {
    memory.fill(counts, 0, 4 * DIGITS);
    for (let at: usize = 0; at < bytes; at += 4) {
      const slot = counts + (<usize>((load<u32>(from + at) >> shift) & 255) << 2);
      store<u32>(slot, load<u32>(slot) + 1);
    }
    let start: u32 = 0;
    for (let slot = counts; slot < counts + 4 * DIGITS; slot += 4) {
      const length = load<u32>(slot);
      store<u32>(slot, start);
      start += length;
    }
    for (let at: usize = 0; at < bytes; at += 4) {
      const key = load<u32>(from + at);
      const slot = counts + (<usize>((key >> shift) & 255) << 2);
      const place = load<u32>(slot);
      store<u32>(slot, place + 1);
      store<u32>(to + ((<usize>place) << 2), key);
    }
    const other = from;
    from = to;
    to = other;
  }
}

/** Share of the pairs of a positive and a negative key in which the positive one is greater, ties counting half. */
function winShare(positives: usize, numPositive: i32, negatives: usize, numNegative: i32): f64 {
  if (numPositive == 0 || numNegative == 0) return 0;
  let below = 0;
  let notAbove = 0;
  let wins: u64 = 0;
  for (let i = 0; i < numPositive; i++) {
    const key = load<u32>(positives + ((<usize>i) << 2));
    while (below < numNegative && load<u32>(negatives + ((<usize>below) << 2)) < key) below++;
    while (notAbove < numNegative && load<u32>(negatives + ((<usize>notAbove) << 2)) <= key) notAbove++;
    wins += <u64>below + <u64>notAbove;
  }
  return <f64>wins / 2 / (<f64>numPositive * <f64>numNegative);
}

/** Sum of log(1 + exp(-margin)), the margin being the score towards the right class. */
function sumOfLosses(scores: usize, targets: usize, begin: i32, end: i32): f64 {
  let sum: f64 = 0;
  for (let i = begin; i < end; i++) {
    const score = load<f32>(scores + ((<usize>i) << 2));
    const margin: f32 = load<u8>(targets + <usize>i) != 0 ? score : -score;
    const small = exponential(f32x4.splat(max<f32>(-80, -abs<f32>(margin))));
    sum += <f64>max<f32>(0, -margin) + logarithm(1 + <f64>f32x4.extract_lane(small, 0));
  }
  return sum;
}
