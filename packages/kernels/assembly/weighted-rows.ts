// The inner loop of least squares: out += sum over a row's entries of w * (constant + slope * (q . p)) * q.
// Entries are taken four at a time: four dot products share the loads of p and one sum over lanes, four updates share out.
import { splatLane0, splatLane1, splatLane2, splatLane3, sumLanesOf4 } from "./vector";

/** indices: `count` entries; values: their weights w, or 0 for all 1; p, out: rows of `stride` floats; q: rows of `source`. */
// @ts-ignore: decorator
@inline
export function addWeightedRows(
  source: usize,
  stride: i32,
  indices: usize,
  values: usize,
  count: i32,
  p: usize,
  out: usize,
  constant: f32,
  slope: f32,
): void {
  if (stride == 16) addWeightedRows16(source, indices, values, count, p, out, constant, slope);
  else addWeightedRowsAny(source, stride, indices, values, count, p, out, constant, slope);
}

/** Weights of the entries i..i+3, zero past the end. */
// @ts-ignore: decorator
@inline
function weightsAt(values: usize, i: i32, count: i32): v128 {
  if (i + 4 <= count) return values == 0 ? f32x4.splat(1) : v128.load(values + ((<usize>i) << 2));
  const at = values + ((<usize>i) << 2);
  const w0: f32 = values == 0 ? 1 : load<f32>(at);
  const w1: f32 = i + 1 >= count ? 0 : values == 0 ? 1 : load<f32>(at, 4);
  const w2: f32 = i + 2 >= count ? 0 : values == 0 ? 1 : load<f32>(at, 8);
  let w = f32x4.splat(0);
  w = f32x4.replace_lane(w, 0, w0);
  w = f32x4.replace_lane(w, 1, w1);
  return f32x4.replace_lane(w, 2, w2);
}

/** Address of entry i's factors; past the end that of the last entry, whose weight is zero then. */
// @ts-ignore: decorator
@inline
function rowAt(source: usize, indices: usize, i: i32, count: i32, rowBytes: usize): usize {
  return source + (<usize>load<u32>(indices + ((<usize>min(i, count - 1)) << 2))) * rowBytes;
}

function addWeightedRowsAny(
  source: usize,
  stride: i32,
  indices: usize,
  values: usize,
  count: i32,
  p: usize,
  out: usize,
  constant: f32,
  slope: f32,
): void {
  const rowBytes = (<usize>stride) << 2;
  const c = f32x4.splat(constant);
  const s = f32x4.splat(slope);
  for (let i = 0; i < count; i += 4) {
    const q0 = rowAt(source, indices, i, count, rowBytes);
    const q1 = rowAt(source, indices, i + 1, count, rowBytes);
    const q2 = rowAt(source, indices, i + 2, count, rowBytes);
    const q3 = rowAt(source, indices, i + 3, count, rowBytes);
    // Two accumulators for each row, because a fused multiply-add takes several turns of the processor to deliver.
    let a = f32x4.splat(0), b = f32x4.splat(0), d = f32x4.splat(0), e = f32x4.splat(0);
    let a1 = f32x4.splat(0), b1 = f32x4.splat(0), d1 = f32x4.splat(0), e1 = f32x4.splat(0);
    for (let at: usize = 0; at < rowBytes; at += 32) {
      const x = v128.load(p + at);
      const y = v128.load(p + at, 16);
      a = f32x4.relaxed_madd(v128.load(q0 + at), x, a);
      a1 = f32x4.relaxed_madd(v128.load(q0 + at, 16), y, a1);
      b = f32x4.relaxed_madd(v128.load(q1 + at), x, b);
      b1 = f32x4.relaxed_madd(v128.load(q1 + at, 16), y, b1);
      d = f32x4.relaxed_madd(v128.load(q2 + at), x, d);
      d1 = f32x4.relaxed_madd(v128.load(q2 + at, 16), y, d1);
      e = f32x4.relaxed_madd(v128.load(q3 + at), x, e);
      e1 = f32x4.relaxed_madd(v128.load(q3 + at, 16), y, e1);
    }
    a = f32x4.add(a, a1);
    b = f32x4.add(b, b1);
    d = f32x4.add(d, d1);
    e = f32x4.add(e, e1);
    const w = f32x4.mul(weightsAt(values, i, count), f32x4.relaxed_madd(s, sumLanesOf4(a, b, d, e), c));
    a = splatLane0(w);
    b = splatLane1(w);
    d = splatLane2(w);
    e = splatLane3(w);
    for (let at: usize = 0; at < rowBytes; at += 32) {
      let y = f32x4.relaxed_madd(v128.load(q0 + at), a, v128.load(out + at));
      let z = f32x4.relaxed_madd(v128.load(q0 + at, 16), a, v128.load(out + at, 16));
      y = f32x4.relaxed_madd(v128.load(q1 + at), b, y);
      z = f32x4.relaxed_madd(v128.load(q1 + at, 16), b, z);
      y = f32x4.relaxed_madd(v128.load(q2 + at), d, y);
      z = f32x4.relaxed_madd(v128.load(q2 + at, 16), d, z);
      v128.store(out + at, f32x4.relaxed_madd(v128.load(q3 + at), e, y));
      v128.store(out + at, f32x4.relaxed_madd(v128.load(q3 + at, 16), e, z), 16);
    }
  }
}

/** For 16 factors everything but the entries' rows stays in registers. */
function addWeightedRows16(source: usize, indices: usize, values: usize, count: i32, p: usize, out: usize, constant: f32, slope: f32): void {
  const c = f32x4.splat(constant);
  const s = f32x4.splat(slope);
  const p0 = v128.load(p), p1 = v128.load(p, 16), p2 = v128.load(p, 32), p3 = v128.load(p, 48);
  let y0 = v128.load(out), y1 = v128.load(out, 16), y2 = v128.load(out, 32), y3 = v128.load(out, 48);
  for (let i = 0; i < count; i += 4) {
    const q0 = rowAt(source, indices, i, count, 64);
    const q1 = rowAt(source, indices, i + 1, count, 64);
    const q2 = rowAt(source, indices, i + 2, count, 64);
    const q3 = rowAt(source, indices, i + 3, count, 64);
    const w = f32x4.mul(
      weightsAt(values, i, count),
      f32x4.relaxed_madd(s, sumLanesOf4(products16(q0, p0, p1, p2, p3), products16(q1, p0, p1, p2, p3), products16(q2, p0, p1, p2, p3), products16(q3, p0, p1, p2, p3)), c),
    );
    let x = splatLane0(w);
    y0 = f32x4.relaxed_madd(v128.load(q0), x, y0);
    y1 = f32x4.relaxed_madd(v128.load(q0, 16), x, y1);
    y2 = f32x4.relaxed_madd(v128.load(q0, 32), x, y2);
    y3 = f32x4.relaxed_madd(v128.load(q0, 48), x, y3);
    x = splatLane1(w);
    y0 = f32x4.relaxed_madd(v128.load(q1), x, y0);
    y1 = f32x4.relaxed_madd(v128.load(q1, 16), x, y1);
    y2 = f32x4.relaxed_madd(v128.load(q1, 32), x, y2);
    y3 = f32x4.relaxed_madd(v128.load(q1, 48), x, y3);
    x = splatLane2(w);
    y0 = f32x4.relaxed_madd(v128.load(q2), x, y0);
    y1 = f32x4.relaxed_madd(v128.load(q2, 16), x, y1);
    y2 = f32x4.relaxed_madd(v128.load(q2, 32), x, y2);
    y3 = f32x4.relaxed_madd(v128.load(q2, 48), x, y3);
    x = splatLane3(w);
    y0 = f32x4.relaxed_madd(v128.load(q3), x, y0);
    y1 = f32x4.relaxed_madd(v128.load(q3, 16), x, y1);
    y2 = f32x4.relaxed_madd(v128.load(q3, 32), x, y2);
    y3 = f32x4.relaxed_madd(v128.load(q3, 48), x, y3);
  }
  v128.store(out, y0);
  v128.store(out, y1, 16);
  v128.store(out, y2, 32);
  v128.store(out, y3, 48);
}

/** Lane-wise products of a row of 16 with p, summed over the four vectors. */
// @ts-ignore: decorator
@inline
function products16(q: usize, p0: v128, p1: v128, p2: v128, p3: v128): v128 {
  const a = f32x4.relaxed_madd(v128.load(q), p0, f32x4.mul(v128.load(q, 16), p1));
  return f32x4.relaxed_madd(v128.load(q, 32), p2, f32x4.relaxed_madd(v128.load(q, 48), p3, a));
}
