// Exact least squares for one row: used where a user is folded in from the items he has now.
import { axpyRows } from "./vector";

/** Adds w q q^T of each entry to `matrix` (stride x stride, lower triangle) and w q to `right`; values 0 means all 1. */
export function addEntries(source: usize, stride: i32, indices: usize, values: usize, count: i32, matrix: usize, right: usize): void {
  const rowBytes = (<usize>stride) << 2;
  for (let i = 0; i < count; i++) {
    const q = source + <usize>load<u32>(indices + ((<usize>i) << 2)) * rowBytes;
    const w: f32 = values == 0 ? 1 : load<f32>(values + ((<usize>i) << 2));
    axpyRows(w, q, right, stride);
    for (let row = 0; row < stride; row++) {
      axpyRows(w * load<f32>(q + ((<usize>row) << 2)), q, matrix + <usize>row * rowBytes, (row + 4) & ~3);
    }
  }
}

/**
 * Folds in the rows [begin, end): row r has the entries indices[offsets[r] .. offsets[r + 1]), all of weight 1. Its factors go to
 * out + r * stride, its byte in `solved` becomes 1, or 0 if its system cannot be solved. gram: what all rows have in common, stride x stride;
 * penalties: one for each row; scratch: stride x stride of this thread.
 */
export function foldInRows(
  source: usize,
  stride: i32,
  gram: usize,
  offsets: usize,
  indices: usize,
  penalties: usize,
  out: usize,
  solved: usize,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const rowBytes = (<usize>stride) << 2;
  for (let r = begin; r < end; r++) {
    const word = (<usize>r) << 2;
    const first = load<i32>(offsets + word);
    const right = out + <usize>r * rowBytes;
    memory.copy(scratch, gram, <usize>stride * rowBytes);
    memory.fill(right, 0, rowBytes);
    addEntries(source, stride, indices + ((<usize>first) << 2), 0, load<i32>(offsets + word, 4) - first, scratch, right);
    store<u8>(solved + <usize>r, <u8>solveCholesky(scratch, stride, load<f32>(penalties + word), right));
  }
}

/**
 * Solves (matrix + penalty I) x = right in place by Cholesky's factorization; `matrix` (lower triangle) is overwritten, `right` becomes x.
 * Returns 1, or 0 if the matrix is not positive definite.
 */
export function solveCholesky(matrix: usize, stride: i32, penalty: f32, right: usize): i32 {
  const rowBytes = (<usize>stride) << 2;
  for (let i = 0; i < stride; i++) {
    const row = matrix + <usize>i * rowBytes;
    for (let j = 0; j <= i; j++) {
      const other = matrix + <usize>j * rowBytes;
      let sum: f64 = load<f32>(row + ((<usize>j) << 2));
      if (i == j) sum += penalty;
      for (let at: usize = 0; at < (<usize>j) << 2; at += 4) sum -= <f64>load<f32>(row + at) * load<f32>(other + at);
      if (i == j) {
        if (!(sum > 0)) return 0;
        store<f32>(row + ((<usize>i) << 2), <f32>Math.sqrt(sum));
      } else {
        store<f32>(row + ((<usize>j) << 2), <f32>(sum / load<f32>(other + ((<usize>j) << 2))));
      }
    }
  }
  for (let i = 0; i < stride; i++) {
    const row = matrix + <usize>i * rowBytes;
    let sum: f64 = load<f32>(right + ((<usize>i) << 2));
    for (let at: usize = 0; at < (<usize>i) << 2; at += 4) sum -= <f64>load<f32>(row + at) * load<f32>(right + at);
    store<f32>(right + ((<usize>i) << 2), <f32>(sum / load<f32>(row + ((<usize>i) << 2))));
  }
  for (let i = stride - 1; i >= 0; i--) {
    let sum: f64 = load<f32>(right + ((<usize>i) << 2));
    for (let j = i + 1; j < stride; j++) sum -= <f64>load<f32>(matrix + <usize>j * rowBytes + ((<usize>i) << 2)) * load<f32>(right + ((<usize>j) << 2));
    store<f32>(right + ((<usize>i) << 2), <f32>(sum / load<f32>(matrix + <usize>i * rowBytes + ((<usize>i) << 2))));
  }
  return 1;
}
