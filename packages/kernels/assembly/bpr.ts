// Bayesian personalized ranking by stochastic gradients. Samples are drawn in batches and in passes without branches, so that their cache
// misses overlap, and applied in groups of four: four margins make one vector for the logistic function. Threads share the factors
// without locks.
import { firstMissing, hasItem, mayHave } from "./membership";
import { highBelow, lowBelow, nextRandom } from "./random";
import { sigmoidOfNegative } from "./sigmoid";
import { lanes, sumLanesOf4 } from "./vector";

/** Samples drawn ahead. */
const BATCH = 64;
/** Bytes of a drawn sample: user, positive item, negative item, weight. */
const SAMPLE: usize = 16;
/** Draws of a negative before the first free item after a random one is taken: only users with nearly every item get there. */
const MAX_DRAWS = 16;

/** Bytes of scratch that bprSamples needs: 8 of random state (not 0), the samples, and a list of those whose negative is in doubt. */
export function bprScratch(): i32 {
  return 8 + BATCH * <i32>SAMPLE + BATCH * 4;
}

/**
 * Draws and applies end - begin samples; returns how many were applied (a user who has every item has no negative).
 * users, items: user and item of each entry; values: their weights, or 0 for all 1; offsets: where each user's entries start;
 * filters, starts, shifts: see fillFilters; biases: of the items, or 0 for none; scratch: see bprScratch.
 */
export function bprSamples(
  userFactors: usize,
  itemFactors: usize,
  biases: usize,
  stride: i32,
  users: usize,
  items: usize,
  values: usize,
  offsets: usize,
  numEntries: i32,
  numItems: i32,
  filters: usize,
  starts: usize,
  shifts: usize,
  learningRate: f32,
  regularization: f32,
  scratch: usize,
  begin: i32,
  end: i32,
): i32 {
  const batch = scratch + 8;
  const doubts = batch + <usize>BATCH * SAMPLE;
  let applied = 0;
  for (let first = begin; first < end; first += BATCH) {
    let count = min(BATCH, end - first);
    drawSamples(batch, count, users, items, values, numEntries, numItems, scratch);
    const numDoubts = findDoubts(batch, count, filters, starts, shifts, doubts);
    if (settleDoubts(batch, doubts, numDoubts, items, offsets, numItems, filters, starts, shifts, scratch)) count = keepValid(batch, count);
    touchRows(batch, count, userFactors, itemFactors, (<usize>stride) << 2, doubts);
    for (let i = 0; i < count; i += 4) {
      applyFour(batch + <usize>i * SAMPLE, min(4, count - i), userFactors, itemFactors, biases, stride, learningRate, regularization);
    }
    applied += count;
  }
  return applied;
}

/** Random entries with their users, items and weights, and a random item each. */
function drawSamples(batch: usize, count: i32, users: usize, items: usize, values: usize, numEntries: i32, numItems: i32, randomState: usize): void {
  let random = load<u64>(randomState);
  const last = batch + <usize>count * SAMPLE;
  for (let sample = batch; sample < last; sample += SAMPLE) {
    random = nextRandom(random);
    const entry = (<usize>highBelow(random, numEntries)) << 2;
    store<u32>(sample, load<u32>(users + entry));
    store<u32>(sample, load<u32>(items + entry), 4);
    store<i32>(sample, lowBelow(random, numItems), 8);
    store<f32>(sample, values == 0 ? 1 : load<f32>(values + entry), 12);
  }
  store<u64>(randomState, random);
}

/** Lists the samples whose user may have the negative item; returns their number. */
function findDoubts(batch: usize, count: i32, filters: usize, starts: usize, shifts: usize, doubts: usize): i32 {
  let found: usize = 0;
  for (let i = 0; i < count; i++) {
    const sample = batch + <usize>i * SAMPLE;
    const user = <usize>load<u32>(sample);
    const filter = filters + <usize>load<u32>(starts + (user << 2));
    store<i32>(doubts + (found << 2), i);
    found += <usize>mayHave(filter, <u32>load<u8>(shifts + user), load<i32>(sample, 8));
  }
  return <i32>found;
}

/** Draws other negatives where the user has the item; true if a sample has none, which is then -1. */
function settleDoubts(
  batch: usize,
  doubts: usize,
  count: i32,
  items: usize,
  offsets: usize,
  numItems: i32,
  filters: usize,
  starts: usize,
  shifts: usize,
  randomState: usize,
): bool {
  let random = load<u64>(randomState);
  let isAnyInvalid = false;
  for (let i: usize = 0; i < <usize>count; i++) {
    const sample = batch + <usize>load<i32>(doubts + (i << 2)) * SAMPLE;
    const at = (<usize>load<u32>(sample)) << 2;
    const filter = filters + <usize>load<u32>(starts + at);
    const shift = <u32>load<u8>(shifts + (at >> 2));
    const first = load<i32>(offsets + at);
    const length = load<i32>(offsets + at, 4) - first;
    const row = items + ((<usize>first) << 2);
    let negative = load<i32>(sample, 8);
    let draws = 0;
    while (mayHave(filter, shift, negative) && hasItem(row, length, negative)) {
      random = nextRandom(random);
      negative = highBelow(random, numItems);
      if (++draws == MAX_DRAWS) {
        negative = firstMissing(row, length, numItems, negative);
        break;
      }
    }
    if (negative < 0) isAnyInvalid = true;
    store<i32>(sample, negative, 8);
  }
  store<u64>(randomState, random);
  return isAnyInvalid;
}

/** Moves the samples with a negative to the front; returns their number. */
function keepValid(batch: usize, count: i32): i32 {
  let kept = batch;
  const last = batch + <usize>count * SAMPLE;
  for (let sample = batch; sample < last; sample += SAMPLE) {
    v128.store(kept, v128.load(sample));
    if (load<i32>(sample, 8) >= 0) kept += SAMPLE;
  }
  return <i32>((kept - batch) / SAMPLE);
}

/** Reads the start of every row that the batch is about to move, so that the rows arrive together; the sum only keeps the reads alive. */
function touchRows(batch: usize, count: i32, userFactors: usize, itemFactors: usize, rowBytes: usize, sink: usize): void {
  let sum: u32 = 0;
  const last = batch + <usize>count * SAMPLE;
  for (let sample = batch; sample < last; sample += SAMPLE) {
    sum += load<u32>(userFactors + <usize>load<u32>(sample) * rowBytes);
    sum += load<u32>(itemFactors + <usize>load<u32>(sample, 4) * rowBytes);
    sum += load<u32>(itemFactors + <usize>load<u32>(sample, 8) * rowBytes);
  }
  store<u32>(sink, sum);
}

/** Applies up to four samples; the lanes past `count` repeat the first sample with a step of zero. */
// @ts-ignore: decorator
@inline
function applyFour(
  s0: usize,
  count: i32,
  userFactors: usize,
  itemFactors: usize,
  biases: usize,
  stride: i32,
  learningRate: f32,
  regularization: f32,
): void {
  const rowBytes = (<usize>stride) << 2;
  const s1 = count > 1 ? s0 + SAMPLE : s0;
  const s2 = count > 2 ? s0 + 2 * SAMPLE : s0;
  const s3 = count > 3 ? s0 + 3 * SAMPLE : s0;
  const i0 = load<u32>(s0, 4), j0 = load<u32>(s0, 8);
  const i1 = load<u32>(s1, 4), j1 = load<u32>(s1, 8);
  const i2 = load<u32>(s2, 4), j2 = load<u32>(s2, 8);
  const i3 = load<u32>(s3, 4), j3 = load<u32>(s3, 8);
  const u0 = userFactors + <usize>load<u32>(s0) * rowBytes, p0 = itemFactors + <usize>i0 * rowBytes, n0 = itemFactors + <usize>j0 * rowBytes;
  const u1 = userFactors + <usize>load<u32>(s1) * rowBytes, p1 = itemFactors + <usize>i1 * rowBytes, n1 = itemFactors + <usize>j1 * rowBytes;
  const u2 = userFactors + <usize>load<u32>(s2) * rowBytes, p2 = itemFactors + <usize>i2 * rowBytes, n2 = itemFactors + <usize>j2 * rowBytes;
  const u3 = userFactors + <usize>load<u32>(s3) * rowBytes, p3 = itemFactors + <usize>i3 * rowBytes, n3 = itemFactors + <usize>j3 * rowBytes;
  let margin = sumLanesOf4(products(u0, p0, n0, rowBytes), products(u1, p1, n1, rowBytes), products(u2, p2, n2, rowBytes), products(u3, p3, n3, rowBytes));
  if (biases != 0) {
    margin = f32x4.add(margin, lanes(biasGap(biases, i0, j0), biasGap(biases, i1, j1), biasGap(biases, i2, j2), biasGap(biases, i3, j3)));
  }
  const weights = lanes(load<f32>(s0, 12), load<f32>(s1, 12), load<f32>(s2, 12), load<f32>(s3, 12));
  const steps = f32x4.mul(f32x4.mul(f32x4.splat(learningRate), weights), sigmoidOfNegative(margin));
  const keep: f32 = 1 - learningRate * regularization;
  const step0 = f32x4.extract_lane(steps, 0);
  const step1 = count > 1 ? f32x4.extract_lane(steps, 1) : <f32>0;
  const step2 = count > 2 ? f32x4.extract_lane(steps, 2) : <f32>0;
  const step3 = count > 3 ? f32x4.extract_lane(steps, 3) : <f32>0;
  move(u0, p0, n0, rowBytes, step0, keep);
  move(u1, p1, n1, rowBytes, step1, count > 1 ? keep : <f32>1);
  move(u2, p2, n2, rowBytes, step2, count > 2 ? keep : <f32>1);
  move(u3, p3, n3, rowBytes, step3, count > 3 ? keep : <f32>1);
  if (biases != 0) {
    moveBiases(biases, i0, j0, step0, keep);
    moveBiases(biases, i1, j1, step1, count > 1 ? keep : <f32>1);
    moveBiases(biases, i2, j2, step2, count > 2 ? keep : <f32>1);
    moveBiases(biases, i3, j3, step3, count > 3 ? keep : <f32>1);
  }
}

/** Lane sums of u * (p - n). */
// @ts-ignore: decorator
@inline
function products(u: usize, p: usize, n: usize, rowBytes: usize): v128 {
  let a = f32x4.mul(v128.load(u), f32x4.sub(v128.load(p), v128.load(n)));
  let b = f32x4.mul(v128.load(u, 16), f32x4.sub(v128.load(p, 16), v128.load(n, 16)));
  for (let at: usize = 32; at < rowBytes; at += 32) {
    a = f32x4.relaxed_madd(v128.load(u + at), f32x4.sub(v128.load(p + at), v128.load(n + at)), a);
    b = f32x4.relaxed_madd(v128.load(u + at, 16), f32x4.sub(v128.load(p + at, 16), v128.load(n + at, 16)), b);
  }
  return f32x4.add(a, b);
}

/** u = keep * u + step * (p - n), p = keep * p + step * u, n = keep * n - step * u, with u before the move. */
// @ts-ignore: decorator
@inline
function move(u: usize, p: usize, n: usize, rowBytes: usize, step: f32, keep: f32): void {
  const s = f32x4.splat(step);
  const k = f32x4.splat(keep);
  for (let at: usize = 0; at < rowBytes; at += 16) {
    const x = v128.load(u + at);
    const y = v128.load(p + at);
    const z = v128.load(n + at);
    v128.store(u + at, f32x4.relaxed_madd(s, f32x4.sub(y, z), f32x4.mul(k, x)));
    v128.store(p + at, f32x4.relaxed_madd(s, x, f32x4.mul(k, y)));
    v128.store(n + at, f32x4.relaxed_nmadd(s, x, f32x4.mul(k, z)));
  }
}

// @ts-ignore: decorator
@inline
function biasGap(biases: usize, positive: u32, negative: u32): f32 {
  return load<f32>(biases + ((<usize>positive) << 2)) - load<f32>(biases + ((<usize>negative) << 2));
}

// @ts-ignore: decorator
@inline
function moveBiases(biases: usize, positive: u32, negative: u32, step: f32, keep: f32): void {
  const p = biases + ((<usize>positive) << 2);
  const n = biases + ((<usize>negative) << 2);
  store<f32>(p, keep * load<f32>(p) + step);
  store<f32>(n, keep * load<f32>(n) - step);
}
