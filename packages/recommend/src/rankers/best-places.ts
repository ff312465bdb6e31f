/**
 * Places of the highest scores, best first; of equal ones the earlier place comes first.
 *
 * Cost: a native sort of numbers, and one with comparisons of at most `limit` places (more only when scores are equal).
 */
export function bestPlaces(scores: Float32Array, limit: number): Int32Array {
  const lowest = limit < scores.length ? (scores.toSorted()[scores.length - limit] as number) : Number.NEGATIVE_INFINITY;
  const places = new Int32Array(scores.length);
  let count = 0;
  for (let place = 0; place < scores.length; place++) {
    if ((scores[place] as number) >= lowest) places[count++] = place;
  }
  const found = places.subarray(0, count);
  found.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  return found.subarray(0, Math.min(count, limit));
}
