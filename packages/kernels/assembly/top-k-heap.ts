// Bounded heap of the best (score, index) pairs in two parallel arrays; the worst is at the root.
// A heap starts full of (-Infinity, -1), so that it needs no count. Ties: the lower index is the better one.

/** Empties a heap of `limit` places. */
export function clearHeap(scores: usize, indices: usize, limit: i32): void {
  for (let i: usize = 0; i < <usize>limit; i++) {
    store<f32>(scores + (i << 2), -Infinity);
    store<i32>(indices + (i << 2), -1);
  }
}

/** Replaces the root, which the caller found to be worse than the new pair. */
export function replaceRoot(scores: usize, indices: usize, limit: i32, score: f32, index: i32): void {
  siftDown(scores, indices, limit, score, index);
}

/** Orders a heap best first; it is no heap afterwards. */
export function sortHeap(scores: usize, indices: usize, limit: i32): void {
  for (let last = limit - 1; last > 0; last--) {
    const at = (<usize>last) << 2;
    const score = load<f32>(scores + at);
    const index = load<i32>(indices + at);
    store<f32>(scores + at, load<f32>(scores));
    store<i32>(indices + at, load<i32>(indices));
    siftDown(scores, indices, last, score, index);
  }
}

/** Puts a pair in the place of the root of a heap of `count` places. */
// @ts-ignore: decorator
@inline
function siftDown(scores: usize, indices: usize, count: i32, score: f32, index: i32): void {
  let hole: usize = 0;
  for (;;) {
    let child = (hole << 1) + 1;
    if (child >= <usize>count) break;
    let worst = load<f32>(scores + (child << 2));
    let worstIndex = load<i32>(indices + (child << 2));
    if (child + 1 < <usize>count) {
      const other = load<f32>(scores + (child << 2), 4);
      const otherIndex = load<i32>(indices + (child << 2), 4);
      if (other < worst || (other == worst && otherIndex > worstIndex)) {
        child++;
        worst = other;
        worstIndex = otherIndex;
      }
    }
    if (score < worst || (score == worst && index > worstIndex)) break;
    store<f32>(scores + (hole << 2), worst);
    store<i32>(indices + (hole << 2), worstIndex);
    hole = child;
  }
  store<f32>(scores + (hole << 2), score);
  store<i32>(indices + (hole << 2), index);
}
