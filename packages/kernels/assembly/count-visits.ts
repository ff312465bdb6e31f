// The smallest kernel that a pool can share out; the pool's tests count with it which elements were visited.

/** Adds 1 to counts[i] for begin <= i < end and returns end - begin. */
export function countVisits(counts: usize, begin: i32, end: i32): i32 {
  for (let i = begin; i < end; i++) {
    const slot = counts + ((<usize>i) << 2);
    store<i32>(slot, load<i32>(slot) + 1);
  }
  return end - begin;
}
