// Bayesian personalized ranking by stochastic gradients. Samples are drawn in batches, so that their cache misses overlap, and
// applied in groups of four: four margins make one vector for the logistic function. Threads share the factors without locks.
import { firstMissing, hasItem, mayHave } from "./membership";
import { highBelow, lowBelow, nextRandom } from "./random";
import { sigmoidOfNegative } from "./sigmoid";
import { lanes, sumLanesOf4 } from "./vector";

/** Samples drawn ahead; the scratch holds three 32-bit numbers for each. */
const BATCH = 64;
/** Draws of a negative before the first free item after a random one is taken: only users with nearly every item get there. */
const MAX_DRAWS = 16;

/**
 * Draws and applies end - begin samples; returns how many were applied (a user who has every item has no negative).
 * users, items: user and item of each entry; values: their weights, or 0 for all 1; offsets: where each user's entries start;
 * filters, starts, shifts: see fillFilters; biases: of the items, or 0 for none.
 * scratch: 8 bytes of random state (not 0), then 12 * 64 bytes.
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
  let applied = 0;
  for (let first = begin; first < end; first += BATCH) {
    const wanted = min(BATCH, end - first);
    drawPositives(batch, wanted, numEntries, scratch);
    const count = drawNegatives(batch, wanted, users, items, offsets, numItems, filters, starts, shifts, scratch);
    for (let i = 0; i < count; i += 4) {
      applyFour(batch + (<usize>i) * 12, min(4, count - i), userFactors, itemFactors, biases, stride, users, items, values, learningRate, regularization);
    }
    applied += count;
  }
  return applied;
}

/** Random entries, one in each triple of the batch. */
function drawPositives(batch: usize, count: i32, numEntries: i32, randomState: usize): void {
  let random = load<u64>(randomState);
  for (let i = 0; i < count; i++) {
    random = nextRandom(random);
    store<i32>(batch + (<usize>i) * 12, highBelow(random, numEntries));
  }
  store<u64>(randomState, random);
}

/** Turns the entries into triples (entry, user, negative item); triples without a negative are left out. Returns their number. */
function drawNegatives(
  batch: usize,
  count: i32,
  users: usize,
  items: usize,
  offsets: usize,
  numItems: i32,
  filters: usize,
  starts: usize,
  shifts: usize,
  randomState: usize,
): i32 {
  let random = load<u64>(randomState);
  let kept = batch;
  for (let i = 0; i < count; i++) {
    const entry = load<i32>(batch + (<usize>i) * 12);
    const user = load<u32>(users + ((<usize>entry) << 2));
    const at = (<usize>user) << 2;
    const filter = filters + <usize>load<u32>(starts + at);
    const shift = <u32>load<u8>(shifts + <usize>user);
    random = nextRandom(random);
    let negative = highBelow(random, numItems);
    if (mayHave(filter, shift, negative)) {
      const first = load<i32>(offsets + at);
      const length = load<i32>(offsets + at, 4) - first;
      const row = items + ((<usize>first) << 2);
      let draws = 0;
      while (mayHave(filter, shift, negative) && hasItem(row, length, negative)) {
        random = nextRandom(random);
        negative = lowBelow(random, numItems);
        if (++draws == MAX_DRAWS) {
          negative = firstMissing(row, length, numItems, negative);
          break;
        }
      }
    }
    if (negative < 0) continue;
    store<i32>(kept, entry);
    store<u32>(kept, user, 4);
    store<i32>(kept, negative, 8);
    kept += 12;
  }
  store<u64>(randomState, random);
  return <i32>(kept - batch) / 12;
}

/** Applies up to four triples; the lanes past `count` repeat the first triple with a step of zero. */
// @ts-ignore: decorator
@inline
function applyFour(
  triples: usize,
  count: i32,
  userFactors: usize,
  itemFactors: usize,
  biases: usize,
  stride: i32,
  users: usize,
  items: usize,
  values: usize,
  learningRate: f32,
  regularization: f32,
): void {
  const rowBytes = (<usize>stride) << 2;
  const t1 = count > 1 ? triples + 12 : triples;
  const t2 = count > 2 ? triples + 24 : triples;
  const t3 = count > 3 ? triples + 36 : triples;
  const i0 = load<u32>(items + ((<usize>load<u32>(triples)) << 2)), j0 = load<u32>(triples, 8);
  const i1 = load<u32>(items + ((<usize>load<u32>(t1)) << 2)), j1 = load<u32>(t1, 8);
  const i2 = load<u32>(items + ((<usize>load<u32>(t2)) << 2)), j2 = load<u32>(t2, 8);
  const i3 = load<u32>(items + ((<usize>load<u32>(t3)) << 2)), j3 = load<u32>(t3, 8);
  const u0 = userFactors + <usize>load<u32>(triples, 4) * rowBytes, p0 = itemFactors + <usize>i0 * rowBytes, n0 = itemFactors + <usize>j0 * rowBytes;
  const u1 = userFactors + <usize>load<u32>(t1, 4) * rowBytes, p1 = itemFactors + <usize>i1 * rowBytes, n1 = itemFactors + <usize>j1 * rowBytes;
  const u2 = userFactors + <usize>load<u32>(t2, 4) * rowBytes, p2 = itemFactors + <usize>i2 * rowBytes, n2 = itemFactors + <usize>j2 * rowBytes;
  const u3 = userFactors + <usize>load<u32>(t3, 4) * rowBytes, p3 = itemFactors + <usize>i3 * rowBytes, n3 = itemFactors + <usize>j3 * rowBytes;
  let margin = sumLanesOf4(products(u0, p0, n0, rowBytes), products(u1, p1, n1, rowBytes), products(u2, p2, n2, rowBytes), products(u3, p3, n3, rowBytes));
  if (biases != 0) {
    margin = f32x4.add(margin, lanes(biasGap(biases, i0, j0), biasGap(biases, i1, j1), biasGap(biases, i2, j2), biasGap(biases, i3, j3)));
  }
  let steps = f32x4.mul(f32x4.splat(learningRate), sigmoidOfNegative(margin));
  if (values != 0) steps = f32x4.mul(steps, lanes(weight(values, triples), weight(values, t1), weight(values, t2), weight(values, t3)));
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

// @ts-ignore: decorator
@inline
function weight(values: usize, triple: usize): f32 {
  return load<f32>(values + ((<usize>load<u32>(triple)) << 2));
}
