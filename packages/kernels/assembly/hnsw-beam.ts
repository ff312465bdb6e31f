// The graph of an HNSW index and the search for the rows next to a vector in one of its layers.
// While threads build the graph they read link lists without locks: every word of a list is always the number of some row, so that
// a list caught in the middle of a change is only a little worse. Writers lock (hnsw.ts).
import { sumLanes } from "./vector";

/** Set in the beam for rows whose links were followed. */
export const SEEN: u32 = 0x80000000;

// Words of a graph: vectors, stride (floats), rows, levels (bytes), links of layer 0, most links there, first upper list of each row,
// upper lists, most links in them, locks, entry row, highest level. A list is its length and room for the most links.
// A beam is its size and capacity, two unused words, distances and rows, nearest first, and room for the links of a row.

/** Squared Euclidean distance of two rows; n a multiple of 4. */
// @ts-ignore: decorator
@inline
export function squaredDistance(x: usize, y: usize, n: i32): f32 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  const end = x + ((<usize>n) << 2);
  const even = end - ((<usize>n & 4) << 2);
  while (x < even) {
    const d = f32x4.sub(v128.load(x), v128.load(y));
    const e = f32x4.sub(v128.load(x, 16), v128.load(y, 16));
    a = f32x4.relaxed_madd(d, d, a);
    b = f32x4.relaxed_madd(e, e, b);
    x += 32;
    y += 32;
  }
  if (x < end) {
    const d = f32x4.sub(v128.load(x), v128.load(y));
    a = f32x4.relaxed_madd(d, d, a);
  }
  return sumLanes(f32x4.add(a, b));
}

// @ts-ignore: decorator
@inline
export function vectorOf(graph: usize, row: i32): usize {
  return <usize>load<u32>(graph) + (<usize>row * <usize>load<u32>(graph, 4) << 2);
}

// @ts-ignore: decorator
@inline
export function listOf(graph: usize, row: i32, level: i32): usize {
  if (level == 0) return <usize>load<u32>(graph, 16) + (<usize>row * (<usize>load<u32>(graph, 20) + 1) << 2);
  const list = <usize>load<i32>(<usize>load<u32>(graph, 24) + ((<usize>row) << 2)) + <usize>(level - 1);
  return <usize>load<u32>(graph, 28) + (list * (<usize>load<u32>(graph, 32) + 1) << 2);
}

/** Makes the entry row of the graph the only one of the beam. */
export function startBeam(graph: usize, query: usize, beam: usize): void {
  const entry = load<i32>(graph, 40);
  store<i32>(beam, 1);
  store<f32>(beam + 16, squaredDistance(query, vectorOf(graph, entry), load<i32>(graph, 4)));
  store<i32>(beamRows(beam), entry);
}

// @ts-ignore: decorator
@inline
export function beamRows(beam: usize): usize {
  return beam + 16 + ((<usize>load<u32>(beam, 4)) << 2);
}

/**
 * Follows links of a layer from the rows of the beam until the nearest `width` rows found have been followed; they are then the beam.
 * visited: a word for each row and one more, which counts the searches.
 */
export function searchLayer(graph: usize, query: usize, level: i32, width: i32, beam: usize, visited: usize): void {
  const stride = load<i32>(graph, 4);
  const distances = beam + 16;
  const rows = beamRows(beam);
  const fresh = rows + ((<usize>load<u32>(beam, 4)) << 2);
  const counter = visited + ((<usize>load<u32>(graph, 8)) << 2);
  const search = load<u32>(counter) + 1;
  store<u32>(counter, search);
  let size = min(load<i32>(beam), width);
  for (let i = 0; i < size; i++) {
    const row = load<u32>(rows + ((<usize>i) << 2)) & ~SEEN;
    store<u32>(rows + ((<usize>i) << 2), row);
    store<u32>(visited + ((<usize>row) << 2), search);
  }
  let next = 0;
  while (next < size) {
    const at = rows + ((<usize>next) << 2);
    const row = load<u32>(at);
    next++;
    if ((row & SEEN) != 0) continue;
    store<u32>(at, row | SEEN);
    const list = listOf(graph, <i32>row, level);
    const end = list + 4 + ((<usize>load<u32>(list)) << 2);
    // All new rows are touched before the first is compared, so that the misses of the cache overlap.
    let last = fresh;
    let touched: u32 = 0;
    for (let link = list + 4; link < end; link += 4) {
      const other = load<u32>(link);
      const mark = visited + ((<usize>other) << 2);
      if (load<u32>(mark) == search) continue;
      store<u32>(mark, search);
      store<u32>(last, other);
      last += 4;
      touched += load<u32>(vectorOf(graph, <i32>other));
    }
    store<u32>(beam, touched, 8);
    for (let at = fresh; at < last; at += 4) {
      const other = load<u32>(at);
      const distance = squaredDistance(query, vectorOf(graph, <i32>other), stride);
      if (size == width && distance >= load<f32>(distances + ((<usize>(size - 1)) << 2))) continue;
      const place = insertSorted(distances, rows, size, width, distance, other);
      if (size < width) size++;
      if (place < next) next = place;
    }
  }
  store<i32>(beam, size);
}

/** Puts a row into its place by distance, the last one falling out when all `most` are taken; returns the place. */
export function insertSorted(distances: usize, rows: usize, size: i32, most: i32, distance: f32, row: u32): i32 {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (load<f32>(distances + ((<usize>middle) << 2)) <= distance) low = middle + 1;
    else high = middle;
  }
  const at = (<usize>low) << 2;
  const moved = (<usize>(min(size, most - 1) - low)) << 2;
  memory.copy(distances + at + 4, distances + at, moved);
  memory.copy(rows + at + 4, rows + at, moved);
  store<f32>(distances + at, distance);
  store<u32>(rows + at, row);
  return low;
}
