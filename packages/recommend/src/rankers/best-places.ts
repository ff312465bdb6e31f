/** Places below this keep keys exact: 32 bits of score and 21 of place. */
const MAX_PLACES = 2 ** 21;
const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/**
 * Places of the highest scores, best first; of equal ones the earlier place comes first. Scores must be numbers, at most 2^21.
 *
 * Cost: O(scores) on average, and a sort of at most `limit` places (more only when scores are equal).
 */
export function bestPlaces(scores: Float32Array, limit: number): Int32Array {
  if (limit <= 0) return new Int32Array(0);
  const lowest = limit < scores.length ? nthHighest(scores.slice(), limit - 1) : Number.NEGATIVE_INFINITY;
  const keys = new Float64Array(scores.length);
  let count = 0;
  for (let place = 0; place < scores.length; place++) {
    if ((scores[place] as number) >= lowest) keys[count++] = keyOf(scores[place] as number, place);
  }
  const places = new Int32Array(Math.min(count, limit));
  // Without a comparison of our own the engine sorts numbers as numbers.
  const found = keys.subarray(0, count).sort();
  for (let at = 0; at < places.length; at++) places[at] = (found[at] as number) % MAX_PLACES;
  return places;
}

/** Whole number that ascends as places of scores follow each other, best first. */
function keyOf(score: number, place: number): number {
  // Makes 0 of -0, which has other bits.
  float[0] = score + 0;
  const word = bits[0] as number;
  // As floats of one sign ascend, so do or fall their bits.
  const falling = word >= 0x80000000 ? word : 0x7fffffff - word;
  return falling * MAX_PLACES + place;
}

/** The number that would stand at place `n` if all were sorted, highest first. Reorders them. Source: Hoare, "Find", CACM 1961. */
function nthHighest(values: Float32Array, n: number): number {
  let left = 0;
  let right = values.length - 1;
  while (left < right) {
    const pivot = values[n] as number;
    let i = left;
    let j = right;
    while (i <= j) {
      while ((values[i] as number) > pivot) i++;
      while ((values[j] as number) < pivot) j--;
      if (i > j) break;
      const held = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = held;
    }
    if (j < n) left = i;
    if (n < i) right = j;
  }
  return values[n] as number;
}
