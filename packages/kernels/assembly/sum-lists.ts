// Sums over lists of items: what several scored lists, or several lists with a weight each, add up to, and the best items of that.
// The scratch of a thread is all zeros before and after every query.

/** Items of a block, as a power of two: whether anything was added is noted for blocks only, without a branch. */
const BLOCK_BITS: i32 = 6;

/** Bytes of scratch that sumLists needs. */
export function sumListsScratch(numItems: i32): i32 {
  const blocks = (numItems + (1 << BLOCK_BITS) - 1) >> BLOCK_BITS;
  return blocks * (8 << BLOCK_BITS) + blocks;
}

/**
 * The queries [begin, end): query q adds up the lists queryLists[queryOffsets[q] .. queryOffsets[q + 1]), and gets its `limit` best items
 * at outItems and outScores + q * limit: sums above 0, best first, equal ones by ascending item, -1 and 0 where there are fewer.
 * lists has three words a list, the addresses of its items, each below numItems, and of their scores, and its length. An item adds its
 * score times the weight of its list in the query; 0 for scores or for queryWeights means all 1. Left out are the items excluded[excludedOffsets[q] .. excludedOffsets[q + 1])
 * and those whose byte is 0 at the address masks[q]. Sums are 64-bit, in the order of the lists.
 */
export function sumLists(
  lists: usize,
  queryOffsets: usize,
  queryLists: usize,
  queryWeights: usize,
  excludedOffsets: usize,
  excluded: usize,
  masks: usize,
  numItems: i32,
  limit: i32,
  outItems: usize,
  outScores: usize,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const blocks = (numItems + (1 << BLOCK_BITS) - 1) >> BLOCK_BITS;
  const marks = scratch + (<usize>blocks << (BLOCK_BITS + 3));
  for (let q = begin; q < end; q++) {
    const word = (<usize>q) << 2;
    const last = load<i32>(queryOffsets + word, 4);
    for (let entry = load<i32>(queryOffsets + word); entry < last; entry++) {
      const at = (<usize>entry) << 2;
      const list = lists + <usize>load<i32>(queryLists + at) * 12;
      const items = <usize>load<u32>(list);
      const scores = <usize>load<u32>(list, 4);
      const to = items + ((<usize>load<u32>(list, 8)) << 2);
      const weight: f64 = queryWeights == 0 ? 1 : <f64>load<f32>(queryWeights + at);
      if (scores == 0) addWeight(items, to, weight, scratch, marks);
      else addScores(items, to, scores, weight, scratch, marks);
    }
    const lastExcluded = excluded + ((<usize>load<i32>(excludedOffsets + word, 4)) << 2);
    for (let at = excluded + ((<usize>load<i32>(excludedOffsets + word)) << 2); at < lastExcluded; at += 4)
      store<f64>(scratch + ((<usize>load<i32>(at)) << 3), 0);
    const out = ((<usize>q) * (<usize>limit)) << 2;
    const size = select(scratch, marks, blocks, <usize>load<u32>(masks + word), outItems + out, limit);
    sortBest(scratch, outItems + out, size);
    for (let place = 0; place < limit; place++) {
      const slot = out + ((<usize>place) << 2);
      if (place >= size) store<i32>(outItems + slot, -1);
      store<f32>(outScores + slot, place < size ? <f32>load<f64>(scratch + ((<usize>load<i32>(outItems + slot)) << 3)) : 0);
    }
    clear(scratch, marks, blocks);
  }
}

function addWeight(from: usize, to: usize, weight: f64, sums: usize, marks: usize): void {
  for (let at = from; at < to; at += 4) {
    const item = <usize>load<u32>(at);
    store<u8>(marks + (item >> BLOCK_BITS), 1);
    const slot = sums + (item << 3);
    store<f64>(slot, load<f64>(slot) + weight);
  }
}

function addScores(from: usize, to: usize, scores: usize, weight: f64, sums: usize, marks: usize): void {
  for (let at = from; at < to; at += 4) {
    const item = <usize>load<u32>(at);
    store<u8>(marks + (item >> BLOCK_BITS), 1);
    const slot = sums + (item << 3);
    store<f64>(slot, load<f64>(slot) + weight * <f64>load<f32>(scores));
    scores += 4;
  }
}

/** Gathers the best items in a heap whose root is the worst of them; returns how many. */
function select(sums: usize, marks: usize, blocks: i32, mask: usize, heap: usize, limit: i32): i32 {
  let size = 0;
  // What the next one must beat: it comes later, so that it loses every tie.
  let worst: f64 = 0;
  for (let block = 0; block < blocks; block++) {
    if (load<u8>(marks + <usize>block) == 0) continue;
    const last = (block + 1) << BLOCK_BITS;
    for (let item = block << BLOCK_BITS; item < last; item++) {
      if (!(load<f64>(sums + ((<usize>item) << 3)) > worst)) continue;
      if (load<u8>(mask + <usize>item) == 0) continue;
      if (size < limit) siftUp(sums, heap, size++, item);
      else siftDown(sums, heap, size, item);
      if (size == limit) worst = load<f64>(sums + ((<usize>load<i32>(heap)) << 3));
    }
  }
  return size;
}

/** Orders a heap best first: the worst goes behind the shrinking heap. */
function sortBest(sums: usize, heap: usize, size: i32): void {
  for (let last = size - 1; last > 0; last--) {
    const slot = heap + ((<usize>last) << 2);
    const item = load<i32>(slot);
    store<i32>(slot, load<i32>(heap));
    siftDown(sums, heap, last, item);
  }
}

function clear(sums: usize, marks: usize, blocks: i32): void {
  const bytes: usize = 8 << BLOCK_BITS;
  for (let block: usize = 0; block < <usize>blocks; block++) {
    if (load<u8>(marks + block) == 0) continue;
    store<u8>(marks + block, 0);
    memory.fill(sums + block * bytes, 0, bytes);
  }
}

// @ts-ignore: decorator
@inline
function isWorse(sums: usize, item: i32, other: i32): bool {
  const sum = load<f64>(sums + ((<usize>item) << 3));
  const otherSum = load<f64>(sums + ((<usize>other) << 3));
  return sum < otherSum || (sum == otherSum && item > other);
}

function siftUp(sums: usize, heap: usize, position: i32, item: i32): void {
  while (position > 0) {
    const parent = (position - 1) >> 1;
    const up = load<i32>(heap + ((<usize>parent) << 2));
    if (!isWorse(sums, item, up)) break;
    store<i32>(heap + ((<usize>position) << 2), up);
    position = parent;
  }
  store<i32>(heap + ((<usize>position) << 2), item);
}

/** Puts an item in place of the root of a heap of `size` and restores the order. */
function siftDown(sums: usize, heap: usize, size: i32, item: i32): void {
  let position = 0;
  for (let child = 1; child < size; child = 2 * position + 1) {
    let down = load<i32>(heap + ((<usize>child) << 2));
    if (child + 1 < size) {
      const right = load<i32>(heap + ((<usize>child) << 2), 4);
      if (isWorse(sums, right, down)) {
        down = right;
        child++;
      }
    }
    if (!isWorse(sums, down, item)) break;
    store<i32>(heap + ((<usize>position) << 2), down);
    position = child;
  }
  store<i32>(heap + ((<usize>position) << 2), item);
}
