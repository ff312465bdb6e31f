// Gram matrix of factor rows: G = sum of q q^T over the rows q, from partial sums of a fixed set of row ranges,
// so that the result does not depend on which thread computed what.

/**
 * Partial Gram matrices of the rows [begin, end): one matrix of stride x stride floats per `chunk` rows, at partials + index of the chunk.
 * Only blocks on and below the diagonal are filled; begin is a multiple of chunk, end - begin at most chunk.
 */
export function gramPartial(factors: usize, stride: i32, partials: usize, chunk: i32, begin: i32, end: i32): void {
  const rowBytes = (<usize>stride) << 2;
  const out = partials + (<usize>(begin / chunk)) * rowBytes * <usize>stride;
  memory.fill(out, 0, rowBytes * <usize>stride);
  // Rows are taken in groups that fit the first-level cache while all tiles pass over them.
  const group = max(8, 4096 / stride);
  for (let first = begin; first < end; first += group) {
    const from = factors + (<usize>first) * rowBytes;
    const to = factors + (<usize>min(first + group, end)) * rowBytes;
    for (let i = 0; i < stride; i += 4) {
      let j = 0;
      for (; j + 4 <= i; j += 8) addTile(from, to, rowBytes, i, j, out);
      if (j <= i) addHalfTile(from, to, rowBytes, i, j, out);
    }
  }
}

/** Adds the tile of rows i..i+3 and columns j..j+7. */
// @ts-ignore: decorator
@inline
function addTile(from: usize, to: usize, rowBytes: usize, i: i32, j: i32, out: usize): void {
  const left = (<usize>i) << 2;
  const right = (<usize>j) << 2;
  let a0 = f32x4.splat(0), a1 = f32x4.splat(0), b0 = f32x4.splat(0), b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0), c1 = f32x4.splat(0), d0 = f32x4.splat(0), d1 = f32x4.splat(0);
  for (let row = from; row < to; row += rowBytes) {
    const q = row + left;
    const y0 = v128.load(row + right);
    const y1 = v128.load(row + right, 16);
    let x = v128.load32_splat(q);
    a0 = f32x4.relaxed_madd(x, y0, a0);
    a1 = f32x4.relaxed_madd(x, y1, a1);
    x = v128.load32_splat(q, 4);
    b0 = f32x4.relaxed_madd(x, y0, b0);
    b1 = f32x4.relaxed_madd(x, y1, b1);
    x = v128.load32_splat(q, 8);
    c0 = f32x4.relaxed_madd(x, y0, c0);
    c1 = f32x4.relaxed_madd(x, y1, c1);
    x = v128.load32_splat(q, 12);
    d0 = f32x4.relaxed_madd(x, y0, d0);
    d1 = f32x4.relaxed_madd(x, y1, d1);
  }
  let slot = out + (<usize>i) * rowBytes + right;
  addTo(slot, a0);
  addTo(slot + 16, a1);
  slot += rowBytes;
  addTo(slot, b0);
  addTo(slot + 16, b1);
  slot += rowBytes;
  addTo(slot, c0);
  addTo(slot + 16, c1);
  slot += rowBytes;
  addTo(slot, d0);
  addTo(slot + 16, d1);
}

/** Adds the tile of rows i..i+3 and columns j..j+3. */
// @ts-ignore: decorator
@inline
function addHalfTile(from: usize, to: usize, rowBytes: usize, i: i32, j: i32, out: usize): void {
  const left = (<usize>i) << 2;
  const right = (<usize>j) << 2;
  let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
  for (let row = from; row < to; row += rowBytes) {
    const q = row + left;
    const y = v128.load(row + right);
    a = f32x4.relaxed_madd(v128.load32_splat(q), y, a);
    b = f32x4.relaxed_madd(v128.load32_splat(q, 4), y, b);
    c = f32x4.relaxed_madd(v128.load32_splat(q, 8), y, c);
    d = f32x4.relaxed_madd(v128.load32_splat(q, 12), y, d);
  }
  let slot = out + (<usize>i) * rowBytes + right;
  addTo(slot, a);
  addTo(slot + rowBytes, b);
  slot += rowBytes * 2;
  addTo(slot, c);
  addTo(slot + rowBytes, d);
}

// @ts-ignore: decorator
@inline
function addTo(slot: usize, value: v128): void {
  v128.store(slot, f32x4.add(v128.load(slot), value));
}

/** gram = scale * sum of `count` partial matrices, both triangles filled. */
export function gramReduce(partials: usize, count: i32, stride: i32, scale: f32, gram: usize): void {
  const matrixBytes = (<usize>stride) * (<usize>stride) << 2;
  for (let i = 0; i < stride; i++) {
    for (let j = 0; j <= i; j++) {
      const lower = (<usize>(i * stride + j)) << 2;
      const upper = (<usize>(j * stride + i)) << 2;
      let sum: f32 = 0;
      for (let part = 0; part < count; part++) sum += load<f32>(partials + (<usize>part) * matrixBytes + lower);
      sum *= scale;
      store<f32>(gram + lower, sum);
      store<f32>(gram + upper, sum);
    }
  }
}

/**
 * Copies a matrix into panels of eight columns, one after the other, each row by row: multiplying reads it straight on, where
 * rows a power of two apart would fight for the same few places of the cache.
 */
export function gramPanels(gram: usize, stride: i32, panels: usize): void {
  const rowBytes = (<usize>stride) << 2;
  for (let column: usize = 0; column < rowBytes; column += 32) {
    for (let row: usize = 0; row < <usize>stride; row++) {
      memory.copy(panels, gram + row * rowBytes + column, 32);
      panels += 32;
    }
  }
}
