// How often two items go together, as a dense matrix: rows are independent of each other, so that threads share them.

/**
 * matrix[i][j] = sum of the weights of the users who have both i and j, for the items i in [begin, end); whatever stood there is lost.
 * Rows of stride floats; users of an item and items of a user in compressed sparse row form. Cost: one addition for each item of each
 * user of each row.
 */
export function coOccurrences(
  matrix: usize,
  stride: i32,
  itemOffsets: usize,
  userIndices: usize,
  userOffsets: usize,
  itemIndices: usize,
  userWeights: usize,
  begin: i32,
  end: i32,
): void {
  const rowBytes = (<usize>stride) << 2;
  for (let item = begin; item < end; item++) {
    const row = matrix + (<usize>item) * rowBytes;
    memory.fill(row, 0, rowBytes);
    const last = load<i32>(itemOffsets + ((<usize>item + 1) << 2));
    for (let entry = load<i32>(itemOffsets + ((<usize>item) << 2)); entry < last; entry++) {
      const user = (<usize>load<i32>(userIndices + ((<usize>entry) << 2))) << 2;
      const weight = load<f32>(userWeights + user);
      const to = itemIndices + ((<usize>load<i32>(userOffsets + user, 4)) << 2);
      for (let at = itemIndices + ((<usize>load<i32>(userOffsets + user)) << 2); at < to; at += 4) {
        const slot = row + ((<usize>load<i32>(at)) << 2);
        store<f32>(slot, load<f32>(slot) + weight);
      }
    }
  }
}
