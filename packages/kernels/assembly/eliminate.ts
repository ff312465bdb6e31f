// Inner part of blocked elimination: a wide dense matrix minus the product of a tall and a flat one.

/**
 * rows[i] -= sum over k < depth of coefficients[i][k] * panel[k], for the rows i in [begin, end).
 * rows: stride floats each, stride a multiple of 16; coefficients: depth floats a row; panel: depth rows of stride floats, no row of it
 * among the targets. Cost: depth * stride multiplications a row, in vectors, sixteen columns of four rows at a time.
 */
export function subtractProducts(
  rows: usize,
  stride: i32,
  coefficients: usize,
  panel: usize,
  depth: i32,
  begin: i32,
  end: i32,
): void {
  const rowBytes = (<usize>stride) << 2;
  const depthBytes = (<usize>depth) << 2;
  // Columns first: the part of the panel under them stays in the first-level cache for all rows.
  for (let column: usize = 0; column < rowBytes; column += 64) {
    let row = begin;
    for (; row + 4 <= end; row += 4) {
      const target = rows + (<usize>row) * rowBytes + column;
      subtractTile(target, rowBytes, coefficients + (<usize>row) * depthBytes, depthBytes, panel + column);
    }
    for (; row < end; row++) {
      const target = rows + (<usize>row) * rowBytes + column;
      subtractStrip(target, rowBytes, coefficients + (<usize>row) * depthBytes, depthBytes, panel + column);
    }
  }
}

/** Four rows of sixteen columns: all sums stay in registers. */
// @ts-ignore: decorator
@inline
function subtractTile(target: usize, rowBytes: usize, coefficients: usize, depthBytes: usize, panel: usize): void {
  const t1 = target + rowBytes;
  const t2 = t1 + rowBytes;
  const t3 = t2 + rowBytes;
  let a0 = v128.load(target), a1 = v128.load(target, 16), a2 = v128.load(target, 32), a3 = v128.load(target, 48);
  let b0 = v128.load(t1), b1 = v128.load(t1, 16), b2 = v128.load(t1, 32), b3 = v128.load(t1, 48);
  let c0 = v128.load(t2), c1 = v128.load(t2, 16), c2 = v128.load(t2, 32), c3 = v128.load(t2, 48);
  let d0 = v128.load(t3), d1 = v128.load(t3, 16), d2 = v128.load(t3, 32), d3 = v128.load(t3, 48);
  const c1Rows = coefficients + depthBytes;
  const c2Rows = c1Rows + depthBytes;
  const c3Rows = c2Rows + depthBytes;
  let from = panel;
  for (let k: usize = 0; k < depthBytes; k += 4) {
    const p0 = v128.load(from), p1 = v128.load(from, 16), p2 = v128.load(from, 32), p3 = v128.load(from, 48);
    let x = v128.load32_splat(coefficients + k);
    a0 = f32x4.relaxed_nmadd(x, p0, a0);
    a1 = f32x4.relaxed_nmadd(x, p1, a1);
    a2 = f32x4.relaxed_nmadd(x, p2, a2);
    a3 = f32x4.relaxed_nmadd(x, p3, a3);
    x = v128.load32_splat(c1Rows + k);
    b0 = f32x4.relaxed_nmadd(x, p0, b0);
    b1 = f32x4.relaxed_nmadd(x, p1, b1);
    b2 = f32x4.relaxed_nmadd(x, p2, b2);
    b3 = f32x4.relaxed_nmadd(x, p3, b3);
    x = v128.load32_splat(c2Rows + k);
    c0 = f32x4.relaxed_nmadd(x, p0, c0);
    c1 = f32x4.relaxed_nmadd(x, p1, c1);
    c2 = f32x4.relaxed_nmadd(x, p2, c2);
    c3 = f32x4.relaxed_nmadd(x, p3, c3);
    x = v128.load32_splat(c3Rows + k);
    d0 = f32x4.relaxed_nmadd(x, p0, d0);
    d1 = f32x4.relaxed_nmadd(x, p1, d1);
    d2 = f32x4.relaxed_nmadd(x, p2, d2);
    d3 = f32x4.relaxed_nmadd(x, p3, d3);
    from += rowBytes;
  }
  store4(target, a0, a1, a2, a3);
  store4(t1, b0, b1, b2, b3);
  store4(t2, c0, c1, c2, c3);
  store4(t3, d0, d1, d2, d3);
}

/** One row of sixteen columns. */
// @ts-ignore: decorator
@inline
function subtractStrip(target: usize, rowBytes: usize, coefficients: usize, depthBytes: usize, panel: usize): void {
  let a0 = v128.load(target), a1 = v128.load(target, 16), a2 = v128.load(target, 32), a3 = v128.load(target, 48);
  let from = panel;
  for (let k: usize = 0; k < depthBytes; k += 4) {
    const x = v128.load32_splat(coefficients + k);
    a0 = f32x4.relaxed_nmadd(x, v128.load(from), a0);
    a1 = f32x4.relaxed_nmadd(x, v128.load(from, 16), a1);
    a2 = f32x4.relaxed_nmadd(x, v128.load(from, 32), a2);
    a3 = f32x4.relaxed_nmadd(x, v128.load(from, 48), a3);
    from += rowBytes;
  }
  store4(target, a0, a1, a2, a3);
}

// @ts-ignore: decorator
@inline
function store4(target: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(target, a);
  v128.store(target, b, 16);
  v128.store(target, c, 32);
  v128.store(target, d, 48);
}
