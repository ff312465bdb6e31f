// Small symmetric systems, all in 32-bit vectors: the upper triangle lies row by row, so that eliminating reads straight on.

/** A pivot below this share of its diagonal element is rounding noise: the unknown stays 0, and nothing grows without bound. */
const LEAST_PIVOT: f32 = 1e-6;

/**
 * Solves matrix x = right by LDL^T without pivoting; `right` becomes x, `matrix` (upper triangle, n x n, n a multiple of 4) is overwritten.
 * Unknowns that a matrix without full rank does not determine become 0. scratch: n floats. Cost: n^3 / 6 multiplications in vectors.
 */
export function solveSymmetric(matrix: usize, n: i32, right: usize, scratch: usize): void {
  const rowBytes = (<usize>n) << 2;
  for (let i: usize = 0; i < rowBytes; i += 4) store<f32>(scratch + i, load<f32>(matrix + (i >> 2) * rowBytes + i));
  for (let j: usize = 0; j < rowBytes; j += 4) {
    const row = matrix + (j >> 2) * rowBytes;
    const pivot = load<f32>(row + j);
    const inverse: f32 = pivot > LEAST_PIVOT * load<f32>(scratch + j) ? 1 / pivot : 0;
    store<f32>(row + j, inverse);
    // The elements before the next one in its vector are no longer needed, so whole vectors may change.
    for (let i = j + 4; i < rowBytes; i += 4) {
      subtractRow(matrix + (i >> 2) * rowBytes, row, load<f32>(row + i) * inverse, i & ~15, rowBytes);
    }
    const share = load<f32>(right + j) * inverse;
    for (let i = j + 4; i < rowBytes && (i & 15) != 0; i += 4) store<f32>(right + i, load<f32>(right + i) - share * load<f32>(row + i));
    subtractRow(right, row, share, (j + 16) & ~15, rowBytes);
  }
  for (let j = <isize>rowBytes - 4; j >= 0; j -= 4) {
    const at = <usize>j;
    const row = matrix + (at >> 2) * rowBytes;
    let sum = load<f32>(right + at);
    for (let i = at + 4; i < rowBytes; i += 4) sum -= load<f32>(row + i) * load<f32>(right + i);
    store<f32>(right + at, sum * load<f32>(row + at));
  }
}

/** target -= scale * row on the bytes [from, to), whole vectors. */
// @ts-ignore: decorator
@inline
function subtractRow(target: usize, row: usize, scale: f32, from: usize, to: usize): void {
  const s = f32x4.splat(scale);
  for (let at = from; at < to; at += 16) {
    v128.store(target + at, f32x4.relaxed_nmadd(s, v128.load(row + at), v128.load(target + at)));
  }
}
