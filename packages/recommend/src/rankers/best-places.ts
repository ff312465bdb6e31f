/**
 * Places of the highest scores, best first; of equal ones the earlier place comes first. Scores must be numbers.
 *
 * Cost: O(scores) on average, and a sort of at most `limit` places (more only when scores are equal).
 */
export function bestPlaces(scores: Float32Array, limit: number): Int32Array {
  if (limit <= 0) return new Int32Array(0);
  const lowest = limit < scores.length ? nthHighest(scores.slice(), limit - 1) : Number.NEGATIVE_INFINITY;
  const places = new Int32Array(scores.length);
  let count = 0;
  for (let place = 0; place < scores.length; place++) {
    if ((scores[place] as number) >= lowest) places[count++] = place;
  }
  const found = places.subarray(0, count);
  found.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  return found.subarray(0, Math.min(count, limit));
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
