// Best items by inner product for many users, exact. Users are taken in blocks, items in tiles that stay in the first-level
// cache; a tile is transposed once for a block, so that one vector holds the scores of four items and no lanes need summing.
import { bufferFloats, clearBuffer, collect, sortFloats, takeBest } from "./top-k-buffer";
import { sumLanesOf4 } from "./vector";

/** Floats of a transposed tile. */
const TILE_FLOATS = 4096;
/** Most users in one call. */
const BLOCK = 64;

/** Items in a tile: a multiple of 8. */
// @ts-ignore: decorator
@inline
function tileItems(stride: i32): i32 {
  return max(8, (TILE_FLOATS / stride) & ~7);
}

/** Floats of scratch that topItems needs. */
export function topItemsScratch(stride: i32, limit: i32): i32 {
  return tileItems(stride) * (stride + 4) + BLOCK * (1 + bufferFloats(limit)) + sortFloats(limit);
}

/**
 * Best items of the users [begin, end), at most 64 of them.
 * users: rows of factors; rows: row of each user, or 0 when it is the user's number; items: numItems rows;
 * biases: added to the scores, one per item up to the next multiple of 8, -Infinity where an item must not appear (and past the end);
 * excludeOffsets, excludeIndices: items to leave out for each user (CSR, ascending), or 0 for none;
 * scores, indices: limit places for each user, best first, index -1 where there are no more items.
 */
export function topItems(
  users: usize,
  rows: usize,
  items: usize,
  numItems: i32,
  stride: i32,
  biases: usize,
  limit: i32,
  excludeOffsets: usize,
  excludeIndices: usize,
  scores: usize,
  indices: usize,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const size = tileItems(stride);
  const tile = scratch;
  const tileScores = tile + ((<usize>(size * stride)) << 2);
  const cursors = tileScores + ((<usize>size) << 4);
  const buffers = cursors + ((<usize>BLOCK) << 2);
  const bufferBytes = (<usize>bufferFloats(limit)) << 2;
  const rowBytes = (<usize>stride) << 2;
  for (let user = begin; user < end; user++) {
    clearBuffer(buffers + <usize>(user - begin) * bufferBytes);
    const cursor: i32 = excludeOffsets == 0 ? 0 : load<i32>(excludeOffsets + ((<usize>user) << 2));
    store<i32>(cursors + ((<usize>(user - begin)) << 2), cursor);
  }
  for (let first = 0; first < numItems; first += size) {
    const count = min(size, (numItems - first + 7) & ~7);
    transpose(items + <usize>first * rowBytes, min(count, numItems - first), count, stride, tile);
    for (let user = begin; user < end; user += 4) {
      const last = end - 1;
      const u0 = users + rowOf(rows, user) * rowBytes;
      const u1 = users + rowOf(rows, min(user + 1, last)) * rowBytes;
      const u2 = users + rowOf(rows, min(user + 2, last)) * rowBytes;
      const u3 = users + rowOf(rows, min(user + 3, last)) * rowBytes;
      scoreTile(u0, u1, u2, u3, rowBytes, tile, count, biases + ((<usize>first) << 2), tileScores, size);
      for (let i = user; i < min(user + 4, end); i++) {
        const list = tileScores + ((<usize>((i - user) * size)) << 2);
        if (excludeOffsets != 0) exclude(list, first, count, excludeIndices, load<i32>(excludeOffsets + ((<usize>i) << 2), 4), cursors + ((<usize>(i - begin)) << 2));
        collect(list, first, count, buffers + <usize>(i - begin) * bufferBytes, limit);
      }
    }
  }
  const listBytes = (<usize>limit) << 2;
  for (let user = begin; user < end; user++) {
    const at = <usize>user * listBytes;
    takeBest(buffers + <usize>(user - begin) * bufferBytes, limit, scores + at, indices + at, buffers + <usize>BLOCK * bufferBytes);
  }
}

// @ts-ignore: decorator
@inline
function rowOf(rows: usize, user: i32): usize {
  return rows == 0 ? <usize>user : <usize>load<u32>(rows + ((<usize>user) << 2));
}

/** Rows of factors to groups of eight items, factor by factor; items past `filled` become zeros. */
function transpose(items: usize, filled: i32, count: i32, stride: i32, tile: usize): void {
  const rowBytes = (<usize>stride) << 2;
  for (let i = 0; i < count; i++) {
    let to = tile + <usize>(i >> 3) * 8 * rowBytes + ((<usize>(i & 7)) << 2);
    const from = items + <usize>i * rowBytes;
    for (let at: usize = 0; at < rowBytes; at += 4) {
      store<f32>(to, i < filled ? load<f32>(from + at) : 0);
      to += 32;
    }
  }
}

/** Scores of four users for a tile: one list of `size` places for each. */
function scoreTile(u0: usize, u1: usize, u2: usize, u3: usize, rowBytes: usize, tile: usize, count: i32, biases: usize, out: usize, size: i32): void {
  const listBytes = (<usize>size) << 2;
  for (let i = 0; i < count; i += 8) {
    let a0 = v128.load(biases), a1 = v128.load(biases, 16);
    let b0 = a0, b1 = a1, c0 = a0, c1 = a1, d0 = a0, d1 = a1;
    for (let at: usize = 0; at < rowBytes; at += 4) {
      const q0 = v128.load(tile);
      const q1 = v128.load(tile, 16);
      tile += 32;
      let s = v128.load32_splat(u0 + at);
      a0 = f32x4.relaxed_madd(s, q0, a0);
      a1 = f32x4.relaxed_madd(s, q1, a1);
      s = v128.load32_splat(u1 + at);
      b0 = f32x4.relaxed_madd(s, q0, b0);
      b1 = f32x4.relaxed_madd(s, q1, b1);
      s = v128.load32_splat(u2 + at);
      c0 = f32x4.relaxed_madd(s, q0, c0);
      c1 = f32x4.relaxed_madd(s, q1, c1);
      s = v128.load32_splat(u3 + at);
      d0 = f32x4.relaxed_madd(s, q0, d0);
      d1 = f32x4.relaxed_madd(s, q1, d1);
    }
    let to = out;
    v128.store(to, a0);
    v128.store(to, a1, 16);
    to += listBytes;
    v128.store(to, b0);
    v128.store(to, b1, 16);
    to += listBytes;
    v128.store(to, c0);
    v128.store(to, c1, 16);
    to += listBytes;
    v128.store(to, d0);
    v128.store(to, d1, 16);
    out += 32;
    biases += 32;
  }
}

/** Makes the excluded items of a tile -Infinity and moves the user's cursor past them. */
// @ts-ignore: decorator
@inline
function exclude(list: usize, first: i32, count: i32, excludeIndices: usize, last: i32, cursor: usize): void {
  let at = load<i32>(cursor);
  while (at < last) {
    const item = load<i32>(excludeIndices + ((<usize>at) << 2));
    if (item >= first + count) break;
    if (item >= first) store<f32>(list + ((<usize>(item - first)) << 2), -Infinity);
    at++;
  }
  store<i32>(cursor, at);
}

/** Items that topItemsOfOne scores at a time. */
const ONE_TILE = 1024;

/** Floats of scratch that topItemsOfOne needs. */
export function topItemsOfOneScratch(limit: i32): i32 {
  return ONE_TILE + bufferFloats(limit) + sortFloats(limit);
}

/**
 * Best items of one user; like topItems, but reads the items as they are: for a single user transposing would double the work.
 * scales: factor of each item's inner product (padded like the biases), or 0 for none.
 */
export function topItemsOfOne(
  user: usize,
  items: usize,
  numItems: i32,
  stride: i32,
  biases: usize,
  scales: usize,
  limit: i32,
  excluded: usize,
  numExcluded: i32,
  scores: usize,
  indices: usize,
  scratch: usize,
): void {
  const rowBytes = (<usize>stride) << 2;
  const buffer = scratch + ((<usize>ONE_TILE) << 2);
  clearBuffer(buffer);
  let at = 0;
  for (let first = 0; first < numItems; first += ONE_TILE) {
    const count = min(ONE_TILE, (numItems - first + 7) & ~7);
    const last = numItems - first - 1;
    for (let i = 0; i < count; i += 4) {
      // Past the last item its row is read again; the bias there is -Infinity.
      const q0 = items + <usize>(first + min(i, last)) * rowBytes;
      const q1 = items + <usize>(first + min(i + 1, last)) * rowBytes;
      const q2 = items + <usize>(first + min(i + 2, last)) * rowBytes;
      const q3 = items + <usize>(first + min(i + 3, last)) * rowBytes;
      let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
      for (let offset: usize = 0; offset < rowBytes; offset += 16) {
        const x = v128.load(user + offset);
        a = f32x4.relaxed_madd(v128.load(q0 + offset), x, a);
        b = f32x4.relaxed_madd(v128.load(q1 + offset), x, b);
        c = f32x4.relaxed_madd(v128.load(q2 + offset), x, c);
        d = f32x4.relaxed_madd(v128.load(q3 + offset), x, d);
      }
      const place = (<usize>(first + i)) << 2;
      let products = sumLanesOf4(a, b, c, d);
      if (scales != 0) products = f32x4.mul(products, v128.load(scales + place));
      v128.store(scratch + ((<usize>i) << 2), f32x4.add(products, v128.load(biases + place)));
    }
    for (; at < numExcluded; at++) {
      const item = load<i32>(excluded + ((<usize>at) << 2));
      if (item >= first + count) break;
      store<f32>(scratch + ((<usize>(item - first)) << 2), -Infinity);
    }
    collect(scratch, first, count, buffer, limit);
  }
  takeBest(buffer, limit, scores, indices, buffer + ((<usize>bufferFloats(limit)) << 2));
}
