// The second half of the scan kernel: exact scores of the rows whose bounds are high enough.
import { BATCH, CANDIDATES, CURSORS, HISTOGRAM, LANES, leastSum, weightOf } from "./scan-layout";
import { offer, scoreOf } from "./sparse-neighbors";

/** What an accepted row counts after the next: the later ones are more like those to come. */
const FADING: f32 = 0.98;

/** Scores the candidates whose sums still reach the bound, which rises with the worst kept neighbor. */
export function evaluate(
  index: usize,
  position: i32,
  first: i32,
  limit: i32,
  outIndices: usize,
  outScores: usize,
  scratch: usize,
  state: usize,
  candidates: i32,
  bound: i32,
  norm: f32,
  extra: f32,
  unit: f32,
): void {
  const marks = scratch + CURSORS + (<usize>BATCH) * ((<usize>load<u32>(index, 52)) << 2);
  const originals = <usize>load<u32>(index, 28);
  const norms = <usize>load<u32>(index, 20);
  const shrinkage = load<f32>(index, 24);
  const rowNorm: f32 = norms == 0 ? 1 : load<f32>(norms + ((<usize>position) << 2));
  touchRows(index, first, scratch, candidates);
  let size = load<i32>(state);
  // Without a worst kept neighbor yet, the rows with the highest sums come first: they raise the bound for the others.
  let floor = size < limit && candidates > limit ? floorOf(scratch, candidates, limit) : bound;
  let ceiling = 256;
  for (;;) {
    for (let i = 0; i < candidates; i++) {
      const candidate = load<u32>(scratch + CANDIDATES + ((<usize>i) << 2));
      const value = <i32>(candidate >>> 16);
      if (value < max(floor, bound) || value >= ceiling) continue;
      const target = first + <i32>(candidate & 0xffff);
      if (target == position) continue;
      const sum = sumOfMarks(index, target, marks);
      const score = scoreOf(sum, norms, rowNorm, target, shrinkage);
      if (!(score > 0) || (size == limit && score < load<f32>(outScores))) continue;
      size = offer(outIndices, outScores, size, limit, load<i32>(originals + ((<usize>target) << 2)), score);
      store<f32>(state, load<f32>(state, 4) * FADING + 1, 4);
      store<f32>(state, load<f32>(state, 8) * FADING + <f32>(<i32>(sum >> 44)), 8);
      store<f32>(state, load<f32>(state, 12) * FADING + weightOf(sum), 12);
      if (size == limit) {
        const reached = leastSum(load<f32>(outScores), norm, shrinkage, extra) / unit;
        bound = max(bound, <i32>min<f32>(255, reached));
      }
    }
    if (floor <= bound) break;
    ceiling = floor;
    floor = bound;
  }
  store<i32>(state, size);
}

/** Loads the candidates one after the other without waiting for any, so that the misses of the cache overlap. What lies behind the rows is read too. */
function touchRows(index: usize, first: i32, scratch: usize, candidates: i32): void {
  const offsets = (<usize>load<u32>(index)) + ((<usize>first) << 2);
  const indices = <usize>load<u32>(index, 4);
  let touched = 0;
  for (let i = 0; i < candidates; i++) {
    const row = <usize>(load<u32>(scratch + CANDIDATES + ((<usize>i) << 2)) & 0xffff);
    const start = indices + ((<usize>load<i32>(offsets + (row << 2))) << 2);
    touched += load<i32>(start) + load<i32>(start, 64);
  }
  store<i32>(scratch + LANES, touched);
}

/** The highest value that at least `limit` candidates reach. */
function floorOf(scratch: usize, candidates: i32, limit: i32): i32 {
  const histogram = scratch + HISTOGRAM;
  memory.fill(histogram, 0, 1024);
  for (let i = 0; i < candidates; i++) {
    const slot = histogram + ((<usize>load<u16>(scratch + CANDIDATES + ((<usize>i) << 2), 2)) << 2);
    store<i32>(slot, load<i32>(slot) + 1);
  }
  let value = 255;
  let count = 0;
  for (; value > 1; value--) {
    count += load<i32>(histogram + ((<usize>value) << 2));
    if (count >= limit) break;
  }
  memory.fill(histogram, 0, 1024);
  return value;
}

function sumOfMarks(index: usize, target: i32, marks: usize): u64 {
  const offsets = (<usize>load<u32>(index)) + ((<usize>target) << 2);
  const indices = <usize>load<u32>(index, 4);
  const last = indices + ((<usize>load<i32>(offsets, 4)) << 2);
  let sum: u64 = 0;
  for (let entry = indices + ((<usize>load<i32>(offsets)) << 2); entry < last; entry += 4) {
    sum += load<u64>(marks + ((<usize>load<i32>(entry)) << 3));
  }
  return sum;
}
