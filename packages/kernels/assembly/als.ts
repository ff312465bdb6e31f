// Alternating least squares for implicit feedback, one half epoch: solves the normal equations of each row,
//   (gram + penalty I + sum w q q^T) x = sum w q   over the row's entries with factors q and weights w,
// by conjugate gradients that start from the row's present factors. Four rows advance together, so that the Gram
// matrix is read once for all four.
import { addWeightedRows } from "./weighted-rows";
import { axpyRows, dotRows, sumLanes } from "./vector";

/** Below this squared residual a row counts as solved; dividing by less would only amplify rounding. */
const SOLVED: f32 = 1e-24;

/**
 * Updates the rows [begin, end) of `target`; rows without entries become zero.
 * offsets, indices: the rows' entries (CSR); values: their weights, or 0 for all 1; penalties: one float per row;
 * panels: the scaled Gram matrix as gramPanels leaves it; scratch: 12 * stride + 4 floats of this thread.
 */
export function alsRows(
  target: usize,
  source: usize,
  stride: i32,
  offsets: usize,
  indices: usize,
  values: usize,
  penalties: usize,
  panels: usize,
  steps: i32,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const rowBytes = (<usize>stride) << 2;
  for (let row = begin; row < end; row += 4) {
    const rows = min(4, end - row);
    const at = (<usize>row) << 2;
    const x = target + (<usize>row) * rowBytes;
    startRows(x, rows, source, stride, offsets + at, indices, values, penalties + at, panels, scratch);
    for (let step = 0; step < steps; step++) {
      stepRows(x, rows, source, stride, offsets + at, indices, values, penalties + at, panels, scratch);
    }
  }
}

/** Residuals r = b - A x of up to four rows, their squared norms, and the first directions p = r. Scratch: r, p, A p, norms. */
function startRows(
  x: usize,
  rows: i32,
  source: usize,
  stride: i32,
  offsets: usize,
  indices: usize,
  values: usize,
  penalties: usize,
  panels: usize,
  scratch: usize,
): void {
  const rowBytes = (<usize>stride) << 2;
  const directions = scratch + 4 * rowBytes;
  const products = directions + 4 * rowBytes;
  const norms = products + 4 * rowBytes;
  // The missing rows of a last group stay zero and cost nothing but their share of the Gram product.
  memory.fill(directions, 0, 4 * rowBytes);
  memory.copy(directions, x, (<usize>rows) * rowBytes);
  gramTimesFour(panels, stride, directions, products);
  for (let i: usize = 0; i < <usize>rows; i++) {
    const r = scratch + i * rowBytes;
    const p = directions + i * rowBytes;
    const first = (<usize>load<i32>(offsets + (i << 2))) << 2;
    const count = load<i32>(offsets + (i << 2), 4) - <i32>(first >> 2);
    if (count == 0) {
      memory.fill(x + i * rowBytes, 0, rowBytes);
      memory.fill(p, 0, rowBytes);
      store<f32>(norms + (i << 2), 0);
      continue;
    }
    negatedSum(r, products + i * rowBytes, p, load<f32>(penalties + (i << 2)), rowBytes);
    addWeightedRows(source, stride, indices + first, values == 0 ? 0 : values + first, count, p, r, 1, -1);
    memory.copy(p, r, rowBytes);
    store<f32>(norms + (i << 2), dotRows(r, r, stride));
  }
}

/** One conjugate gradient step of up to four rows. */
function stepRows(
  x: usize,
  rows: i32,
  source: usize,
  stride: i32,
  offsets: usize,
  indices: usize,
  values: usize,
  penalties: usize,
  panels: usize,
  scratch: usize,
): void {
  const rowBytes = (<usize>stride) << 2;
  const directions = scratch + 4 * rowBytes;
  const products = directions + 4 * rowBytes;
  const norms = products + 4 * rowBytes;
  gramTimesFour(panels, stride, directions, products);
  for (let i: usize = 0; i < <usize>rows; i++) {
    const norm = load<f32>(norms + (i << 2));
    if (norm < SOLVED) continue;
    const p = directions + i * rowBytes;
    const product = products + i * rowBytes;
    const first = (<usize>load<i32>(offsets + (i << 2))) << 2;
    const count = load<i32>(offsets + (i << 2), 4) - <i32>(first >> 2);
    axpyRows(load<f32>(penalties + (i << 2)), p, product, stride);
    addWeightedRows(source, stride, indices + first, values == 0 ? 0 : values + first, count, p, product, 0, 1);
    const length = norm / dotRows(p, product, stride);
    store<f32>(norms + (i << 2), advance(x + i * rowBytes, scratch + i * rowBytes, p, product, length, norm, rowBytes));
  }
}

/** r = -(a + scale * b) */
// @ts-ignore: decorator
@inline
function negatedSum(r: usize, a: usize, b: usize, scale: f32, bytes: usize): void {
  const s = f32x4.splat(scale);
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(r + at, f32x4.neg(f32x4.relaxed_madd(s, v128.load(b + at), v128.load(a + at))));
  }
}

/** x += length * p, r -= length * product, p = r + p * |r|^2 / norm; returns the new |r|^2. */
// @ts-ignore: decorator
@inline
function advance(x: usize, r: usize, p: usize, product: usize, length: f32, norm: f32, bytes: usize): f32 {
  const s = f32x4.splat(length);
  let squares = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(x + at, f32x4.relaxed_madd(s, v128.load(p + at), v128.load(x + at)));
    const rest = f32x4.relaxed_nmadd(s, v128.load(product + at), v128.load(r + at));
    v128.store(r + at, rest);
    squares = f32x4.relaxed_madd(rest, rest, squares);
  }
  const next = sumLanes(squares);
  const beta = f32x4.splat(next / norm);
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(p + at, f32x4.relaxed_madd(beta, v128.load(p + at), v128.load(r + at)));
  }
  return next;
}

/** out = in * gram for four rows of `stride` floats each. */
function gramTimesFour(panels: usize, stride: i32, rows: usize, out: usize): void {
  const rowBytes = (<usize>stride) << 2;
  const p1 = rows + rowBytes;
  const p2 = p1 + rowBytes;
  const p3 = p2 + rowBytes;
  for (let column: usize = 0; column < rowBytes; column += 32) {
    let a0 = f32x4.splat(0), a1 = f32x4.splat(0), b0 = f32x4.splat(0), b1 = f32x4.splat(0);
    let c0 = f32x4.splat(0), c1 = f32x4.splat(0), d0 = f32x4.splat(0), d1 = f32x4.splat(0);
    for (let at: usize = 0; at < rowBytes; at += 4) {
      const g0 = v128.load(panels);
      const g1 = v128.load(panels, 16);
      let s = v128.load32_splat(rows + at);
      a0 = f32x4.relaxed_madd(s, g0, a0);
      a1 = f32x4.relaxed_madd(s, g1, a1);
      s = v128.load32_splat(p1 + at);
      b0 = f32x4.relaxed_madd(s, g0, b0);
      b1 = f32x4.relaxed_madd(s, g1, b1);
      s = v128.load32_splat(p2 + at);
      c0 = f32x4.relaxed_madd(s, g0, c0);
      c1 = f32x4.relaxed_madd(s, g1, c1);
      s = v128.load32_splat(p3 + at);
      d0 = f32x4.relaxed_madd(s, g0, d0);
      d1 = f32x4.relaxed_madd(s, g1, d1);
      panels += 32;
    }
    let to = out + column;
    v128.store(to, a0);
    v128.store(to, a1, 16);
    to += rowBytes;
    v128.store(to, b0);
    v128.store(to, b1, 16);
    to += rowBytes;
    v128.store(to, c0);
    v128.store(to, c1, 16);
    to += rowBytes;
    v128.store(to, d0);
    v128.store(to, d1, 16);
  }
}
