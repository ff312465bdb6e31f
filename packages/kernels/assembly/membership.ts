// Whether a user has an item: a bit filter that answers most questions with one load, and binary search for the rest.

/** Spreads neighbouring items over the filter (Knuth's multiplicative hash). */
// @ts-ignore: decorator
@inline
function filterBit(item: i32, shift: u32): u32 {
  return (<u32>item * 0x9e3779b1) >>> shift;
}

/**
 * Fills the filters of the users [begin, end): filter of user u at filters + starts[u], 2^(32 - shifts[u]) bits, zero before.
 * offsets, indices: the users' items (CSR, ascending).
 */
export function fillFilters(offsets: usize, indices: usize, filters: usize, starts: usize, shifts: usize, begin: i32, end: i32): void {
  for (let user = begin; user < end; user++) {
    const at = (<usize>user) << 2;
    const filter = filters + <usize>load<u32>(starts + at);
    const shift = <u32>load<u8>(shifts + <usize>user);
    const last = load<i32>(offsets + at, 4);
    for (let entry = load<i32>(offsets + at); entry < last; entry++) {
      const bit = filterBit(load<i32>(indices + ((<usize>entry) << 2)), shift);
      const slot = filter + <usize>(bit >>> 3);
      store<u8>(slot, <u8>(<u32>load<u8>(slot) | (1 << (bit & 7))));
    }
  }
}

/** False if the filter says that the item is surely not there. */
// @ts-ignore: decorator
@inline
export function mayHave(filter: usize, shift: u32, item: i32): bool {
  const bit = filterBit(item, shift);
  return ((load<u8>(filter + <usize>(bit >>> 3)) >>> (bit & 7)) & 1) != 0;
}

/** Position of the first of `count` ascending items that is >= item. */
export function lowerBound(row: usize, count: i32, item: i32): i32 {
  // Halving without branches: which half the item is in is anyone's guess, and wrong guesses cost more than the loads.
  let low = row;
  while (count > 1) {
    const half = count >>> 1;
    low += load<i32>(low + ((<usize>(half - 1)) << 2)) < item ? (<usize>half) << 2 : 0;
    count -= half;
  }
  return <i32>((low - row) >> 2) + i32(count == 1 && load<i32>(low) < item);
}

/** Whether `item` is among `count` ascending items. */
// @ts-ignore: decorator
@inline
export function hasItem(row: usize, count: i32, item: i32): bool {
  const at = lowerBound(row, count, item);
  return at < count && load<i32>(row + ((<usize>at) << 2)) == item;
}

/** First item >= start, else the first of all, that is not among `count` ascending items; -1 if all `numItems` are. Cost: O(count). */
export function firstMissing(row: usize, count: i32, numItems: i32, start: i32): i32 {
  if (count >= numItems) return -1;
  let item = start;
  for (let at = lowerBound(row, count, start); at < count && load<i32>(row + ((<usize>at) << 2)) == item; at++) item++;
  if (item < numItems) return item;
  item = 0;
  for (let at = 0; at < count && load<i32>(row + ((<usize>at) << 2)) == item; at++) item++;
  return item;
}
