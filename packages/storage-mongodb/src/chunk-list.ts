/** Cuts a list into parts of at most `size`. */
export function* chunkList<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += size) {
    yield list.length <= size ? list : list.slice(start, start + size);
  }
}
