// Alternating least squares by subspaces, one half epoch: each row takes Newton steps on eight of its factors after the other.
// The objective is quadratic, so a step solves its block exactly while the other factors are held: where conjugate gradients multiply by
// the whole Gram matrix in every step, a block reads its own rows of it once. Predictions of the entries are kept up to date on the way.
// Eight, because half the system of a block then stays in registers; larger blocks need more work per entry and learn no faster.
// Source: Rendle, Krichene, Zhang, Koren, "iALS++: Speeding up Matrix Factorization with Subspace Optimization", 2021.
import { solveSymmetric } from "./solve-symmetric";
import { splatLane0, splatLane1, splatLane2, splatLane3, sumLanes, sumLanesOf4 } from "./vector";

/** Factors of a block, and the bytes of a row of one. */
const WIDTH = 8;
const BLOCK_BYTES: usize = 32;

/** Copies the factors [column, column + 8) of the rows [begin, end) into a block, whose rows lie side by side. */
export function packBlock(factors: usize, stride: i32, column: i32, block: usize, begin: i32, end: i32): void {
  const rowBytes = (<usize>stride) << 2;
  let from = factors + <usize>begin * rowBytes + ((<usize>column) << 2);
  const last = block + <usize>end * BLOCK_BYTES;
  for (let to = block + <usize>begin * BLOCK_BYTES; to < last; to += BLOCK_BYTES) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    from += rowBytes;
  }
}

/** Predictions of the entries of the rows [begin, end) of `target`: one float per entry. Rows without entries become zero. */
export function alsPredictions(
  target: usize,
  source: usize,
  stride: i32,
  offsets: usize,
  indices: usize,
  predictions: usize,
  begin: i32,
  end: i32,
): void {
  const rowBytes = (<usize>stride) << 2;
  for (let row = begin; row < end; row++) {
    const first = (<usize>load<i32>(offsets + ((<usize>row) << 2))) << 2;
    const count = load<i32>(offsets + ((<usize>row) << 2), 4) - <i32>(first >> 2);
    const x = target + <usize>row * rowBytes;
    if (count == 0) memory.fill(x, 0, rowBytes);
    for (let i = 0; i < count; i += 4) {
      const from = indices + first;
      const q0 = source + indexAt(from, i, count) * rowBytes;
      const q1 = source + indexAt(from, i + 1, count) * rowBytes;
      const q2 = source + indexAt(from, i + 2, count) * rowBytes;
      const q3 = source + indexAt(from, i + 3, count) * rowBytes;
      let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
      for (let at: usize = 0; at < rowBytes; at += 16) {
        const y = v128.load(x + at);
        a = f32x4.relaxed_madd(v128.load(q0 + at), y, a);
        b = f32x4.relaxed_madd(v128.load(q1 + at), y, b);
        c = f32x4.relaxed_madd(v128.load(q2 + at), y, c);
        d = f32x4.relaxed_madd(v128.load(q3 + at), y, d);
      }
      storeUpTo(predictions + first, i, count, sumLanesOf4(a, b, c, d));
    }
  }
}

/**
 * Steps on the factors [column, column + 8) of the rows [begin, end) of `target`; rows without entries stay as they are.
 * block: the other side's same factors, as packBlock leaves them; offsets, indices: the rows' entries (CSR); values: their weights, or
 * 0 for all 1; penalties: one float per row; gram: the scaled Gram matrix of the other side; predictions: of the entries, kept up to
 * date; scratch: 80 floats of this thread.
 */
export function alsSubspaceRows(
  target: usize,
  stride: i32,
  column: i32,
  block: usize,
  offsets: usize,
  indices: usize,
  values: usize,
  penalties: usize,
  gram: usize,
  predictions: usize,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const right = scratch + <usize>WIDTH * BLOCK_BYTES;
  for (let row = begin; row < end; row++) {
    const first = (<usize>load<i32>(offsets + ((<usize>row) << 2))) << 2;
    const count = load<i32>(offsets + ((<usize>row) << 2), 4) - <i32>(first >> 2);
    if (count == 0) continue;
    const x = target + ((<usize>(row * stride)) << 2);
    const weights = values == 0 ? 0 : values + first;
    startSystem(x, stride, column, gram, load<f32>(penalties + ((<usize>row) << 2)), scratch, right);
    addUpperHalf(block, indices + first, weights, predictions + first, count, scratch, right);
    addLowerHalf(block, indices + first, weights, count, scratch + 4 * BLOCK_BYTES + 16);
    solveSymmetric(scratch, WIDTH, right, right + BLOCK_BYTES);
    const place = x + ((<usize>column) << 2);
    v128.store(place, f32x4.add(v128.load(place), v128.load(right)));
    v128.store(place, f32x4.add(v128.load(place, 16), v128.load(right, 16)), 16);
    if (column + WIDTH < stride) movePredictions(block, indices + first, count, right, predictions + first);
  }
}

/** The system without entries: matrix = block of the Gram matrix + penalty I, right = -(gram x + penalty x) on the block. */
// @ts-ignore: decorator
@inline
function startSystem(x: usize, stride: i32, column: i32, gram: usize, penalty: f32, matrix: usize, right: usize): void {
  const rowBytes = (<usize>stride) << 2;
  const place = (<usize>column) << 2;
  let row = gram + <usize>column * rowBytes;
  for (let i: usize = 0; i < 2; i++) {
    let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
    const r1 = row + rowBytes;
    const r2 = r1 + rowBytes;
    const r3 = r2 + rowBytes;
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const y = v128.load(x + at);
      a = f32x4.relaxed_madd(v128.load(row + at), y, a);
      b = f32x4.relaxed_madd(v128.load(r1 + at), y, b);
      c = f32x4.relaxed_madd(v128.load(r2 + at), y, c);
      d = f32x4.relaxed_madd(v128.load(r3 + at), y, d);
    }
    const own = f32x4.mul(f32x4.splat(penalty), v128.load(x + place + (i << 4)));
    v128.store(right + (i << 4), f32x4.neg(f32x4.add(sumLanesOf4(a, b, c, d), own)));
    row = r3 + rowBytes;
  }
  row = gram + <usize>column * rowBytes + place;
  for (let i: usize = 0; i < <usize>WIDTH; i++) {
    v128.store(matrix, v128.load(row));
    v128.store(matrix, v128.load(row, 16), 16);
    const diagonal = matrix + (i << 2);
    store<f32>(diagonal, load<f32>(diagonal) + penalty);
    matrix += BLOCK_BYTES;
    row += rowBytes;
  }
}

/** Adds w q q^T of each entry to the first four rows of the matrix, and w (1 - prediction) q to the right side. */
// @ts-ignore: decorator
@inline
function addUpperHalf(block: usize, indices: usize, values: usize, predictions: usize, count: i32, matrix: usize, right: usize): void {
  let a0 = v128.load(matrix), a1 = v128.load(matrix, 16), b0 = v128.load(matrix, 32), b1 = v128.load(matrix, 48);
  let c0 = v128.load(matrix, 64), c1 = v128.load(matrix, 80), d0 = v128.load(matrix, 96), d1 = v128.load(matrix, 112);
  let r0 = v128.load(right), r1 = v128.load(right, 16);
  for (let i: usize = 0; i < <usize>count; i++) {
    const q = block + <usize>load<u32>(indices + (i << 2)) * BLOCK_BYTES;
    const x = v128.load(q);
    let q0 = x;
    let q1 = v128.load(q, 16);
    if (values != 0) {
      const w = v128.load32_splat(values + (i << 2));
      q0 = f32x4.mul(w, q0);
      q1 = f32x4.mul(w, q1);
    }
    const error = f32x4.sub(f32x4.splat(1), v128.load32_splat(predictions + (i << 2)));
    r0 = f32x4.relaxed_madd(error, q0, r0);
    r1 = f32x4.relaxed_madd(error, q1, r1);
    let s = splatLane0(x);
    a0 = f32x4.relaxed_madd(s, q0, a0);
    a1 = f32x4.relaxed_madd(s, q1, a1);
    s = splatLane1(x);
    b0 = f32x4.relaxed_madd(s, q0, b0);
    b1 = f32x4.relaxed_madd(s, q1, b1);
    s = splatLane2(x);
    c0 = f32x4.relaxed_madd(s, q0, c0);
    c1 = f32x4.relaxed_madd(s, q1, c1);
    s = splatLane3(x);
    d0 = f32x4.relaxed_madd(s, q0, d0);
    d1 = f32x4.relaxed_madd(s, q1, d1);
  }
  v128.store(matrix, a0);
  v128.store(matrix, a1, 16);
  v128.store(matrix, b0, 32);
  v128.store(matrix, b1, 48);
  v128.store(matrix, c0, 64);
  v128.store(matrix, c1, 80);
  v128.store(matrix, d0, 96);
  v128.store(matrix, d1, 112);
  v128.store(right, r0);
  v128.store(right, r1, 16);
}

/** Adds w q q^T of each entry to the last four rows and columns of the matrix: `corner` is where they start. */
// @ts-ignore: decorator
@inline
function addLowerHalf(block: usize, indices: usize, values: usize, count: i32, corner: usize): void {
  let a = v128.load(corner), b = v128.load(corner, 32), c = v128.load(corner, 64), d = v128.load(corner, 96);
  // Two entries at a time in sums of their own, because a fused multiply-add takes several turns of the processor to deliver.
  let a1 = f32x4.splat(0), b1 = f32x4.splat(0), c1 = f32x4.splat(0), d1 = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 2 <= <usize>count; i += 2) {
    const at = i << 2;
    const x = v128.load(block + <usize>load<u32>(indices + at) * BLOCK_BYTES, 16);
    const y = v128.load(block + <usize>load<u32>(indices + at, 4) * BLOCK_BYTES, 16);
    let wx = x;
    let wy = y;
    if (values != 0) {
      wx = f32x4.mul(v128.load32_splat(values + at), x);
      wy = f32x4.mul(v128.load32_splat(values + at, 4), y);
    }
    a = f32x4.relaxed_madd(splatLane0(x), wx, a);
    b = f32x4.relaxed_madd(splatLane1(x), wx, b);
    c = f32x4.relaxed_madd(splatLane2(x), wx, c);
    d = f32x4.relaxed_madd(splatLane3(x), wx, d);
    a1 = f32x4.relaxed_madd(splatLane0(y), wy, a1);
    b1 = f32x4.relaxed_madd(splatLane1(y), wy, b1);
    c1 = f32x4.relaxed_madd(splatLane2(y), wy, c1);
    d1 = f32x4.relaxed_madd(splatLane3(y), wy, d1);
  }
  if (i < <usize>count) {
    const x = v128.load(block + <usize>load<u32>(indices + (i << 2)) * BLOCK_BYTES, 16);
    const wx = values == 0 ? x : f32x4.mul(v128.load32_splat(values + (i << 2)), x);
    a = f32x4.relaxed_madd(splatLane0(x), wx, a);
    b = f32x4.relaxed_madd(splatLane1(x), wx, b);
    c = f32x4.relaxed_madd(splatLane2(x), wx, c);
    d = f32x4.relaxed_madd(splatLane3(x), wx, d);
  }
  v128.store(corner, f32x4.add(a, a1));
  v128.store(corner, f32x4.add(b, b1), 32);
  v128.store(corner, f32x4.add(c, c1), 64);
  v128.store(corner, f32x4.add(d, d1), 96);
}

/** predictions[i] += step . q of each entry's block. */
// @ts-ignore: decorator
@inline
function movePredictions(block: usize, indices: usize, count: i32, step: usize, predictions: usize): void {
  const x = v128.load(step);
  const y = v128.load(step, 16);
  const last = indices + ((<usize>count) << 2);
  for (; indices + 16 <= last; indices += 16) {
    const a = blockProducts(block, load<u32>(indices), x, y);
    const b = blockProducts(block, load<u32>(indices, 4), x, y);
    const c = blockProducts(block, load<u32>(indices, 8), x, y);
    const d = blockProducts(block, load<u32>(indices, 12), x, y);
    v128.store(predictions, f32x4.add(v128.load(predictions), sumLanesOf4(a, b, c, d)));
    predictions += 16;
  }
  for (; indices < last; indices += 4) {
    store<f32>(predictions, load<f32>(predictions) + sumLanes(blockProducts(block, load<u32>(indices), x, y)));
    predictions += 4;
  }
}

/** Lane sums of step * q. */
// @ts-ignore: decorator
@inline
function blockProducts(block: usize, index: u32, x: v128, y: v128): v128 {
  const q = block + <usize>index * BLOCK_BYTES;
  return f32x4.relaxed_madd(v128.load(q), x, f32x4.mul(v128.load(q, 16), y));
}

/** Index of entry i, past the end that of the last one. */
// @ts-ignore: decorator
@inline
function indexAt(indices: usize, i: i32, count: i32): usize {
  return <usize>load<u32>(indices + ((<usize>min(i, count - 1)) << 2));
}

/** Stores the lanes that stand for entries before `count`. */
// @ts-ignore: decorator
@inline
function storeUpTo(predictions: usize, i: i32, count: i32, sums: v128): void {
  const at = predictions + ((<usize>i) << 2);
  if (i + 4 <= count) {
    v128.store(at, sums);
    return;
  }
  store<f32>(at, f32x4.extract_lane(sums, 0));
  if (i + 1 < count) store<f32>(at, f32x4.extract_lane(sums, 1), 4);
  if (i + 2 < count) store<f32>(at, f32x4.extract_lane(sums, 2), 8);
}
