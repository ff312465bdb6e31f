// Building blocks over rows of 32-bit floats. Lengths are multiples of 4 (rows are padded with zeros), pointers in bytes.

/** Sum of the four lanes. */
// @ts-ignore: decorator
@inline
export function sumLanes(v: v128): f32 {
  const pairs = f32x4.add(v, i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** Vector of the lane sums of a, b, c and d. */
// @ts-ignore: decorator
@inline
export function sumLanesOf4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(
    i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23),
    i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31),
  );
  const cd = f32x4.add(
    i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23),
    i8x16.shuffle(c, d, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31),
  );
  return f32x4.add(
    i8x16.shuffle(ab, cd, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
    i8x16.shuffle(ab, cd, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31),
  );
}

/** Vector whose lanes all are the first, second, third or fourth of another. */
// @ts-ignore: decorator
@inline
export function splatLane0(v: v128): v128 {
  return i8x16.shuffle(v, v, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);
}
// @ts-ignore: decorator
@inline
export function splatLane1(v: v128): v128 {
  return i8x16.shuffle(v, v, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7);
}
// @ts-ignore: decorator
@inline
export function splatLane2(v: v128): v128 {
  return i8x16.shuffle(v, v, 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11);
}
// @ts-ignore: decorator
@inline
export function splatLane3(v: v128): v128 {
  return i8x16.shuffle(v, v, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15);
}

/** Vector of four numbers. */
// @ts-ignore: decorator
@inline
export function lanes(a: f32, b: f32, c: f32, d: f32): v128 {
  const ab = f32x4.replace_lane(f32x4.splat(a), 1, b);
  return f32x4.replace_lane(f32x4.replace_lane(ab, 2, c), 3, d);
}

/** Sum of x[i] * y[i], i < n, n a multiple of 4. */
// @ts-ignore: decorator
@inline
export function dotRows(x: usize, y: usize, n: i32): f32 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  const end = x + ((<usize>n) << 2);
  const even = end - ((<usize>n & 4) << 2);
  while (x < even) {
    a = f32x4.relaxed_madd(v128.load(x), v128.load(y), a);
    b = f32x4.relaxed_madd(v128.load(x, 16), v128.load(y, 16), b);
    x += 32;
    y += 32;
  }
  if (x < end) a = f32x4.relaxed_madd(v128.load(x), v128.load(y), a);
  return sumLanes(f32x4.add(a, b));
}

/** y[i] += scale * x[i], i < n, n a multiple of 4. */
// @ts-ignore: decorator
@inline
export function axpyRows(scale: f32, x: usize, y: usize, n: i32): void {
  const s = f32x4.splat(scale);
  const end = x + ((<usize>n) << 2);
  while (x < end) {
    v128.store(y, f32x4.relaxed_madd(s, v128.load(x), v128.load(y)));
    x += 16;
    y += 16;
  }
}

/** Dot product of two rows; n a multiple of 4. */
export function dot(x: usize, y: usize, n: i32): f32 {
  return dotRows(x, y, n);
}

/** Adds scale * x to y; n a multiple of 4. */
export function axpy(scale: f32, x: usize, y: usize, n: i32): void {
  axpyRows(scale, x, y, n);
}

/** Number of the floats [begin, end) that are infinite or NaN. */
export function countNonFinite(x: usize, begin: i32, end: i32): i32 {
  let count = 0;
  for (let i = begin; i < end; i++) {
    const value = load<f32>(x + ((<usize>i) << 2));
    if (value - value != 0) count++;
  }
  return count;
}
