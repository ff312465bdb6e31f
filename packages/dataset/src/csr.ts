/** One direction of a sparse matrix: row `r` holds `indices[offsets[r] .. offsets[r + 1])`, ascending. */
export interface CsrArrays {
  readonly offsets: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float32Array | undefined;
}

/** The same entries by column. Cost: O(entries + rows + columns). */
export function transposeCsr(csr: CsrArrays, numColumns: number): CsrArrays {
  const { offsets, indices, values } = csr;
  const columnOffsets = countingOffsets(indices, numColumns);
  const cursor = columnOffsets.slice(0, numColumns);
  const rowIndices = new Int32Array(indices.length);
  const columnValues = values === undefined ? undefined : new Float32Array(indices.length);
  const numRows = offsets.length - 1;
  for (let row = 0; row < numRows; row++) {
    const end = offsets[row + 1]!;
    for (let entry = offsets[row]!; entry < end; entry++) {
      const column = indices[entry]!;
      const target = cursor[column]!;
      cursor[column] = target + 1;
      rowIndices[target] = row;
      if (columnValues !== undefined) columnValues[target] = values![entry]!;
    }
  }
  return { offsets: columnOffsets, indices: rowIndices, values: columnValues };
}

/** Start of each key's run when entries are grouped by key; length numKeys + 1. */
export function countingOffsets(keys: ArrayLike<number>, numKeys: number): Int32Array {
  const offsets = new Int32Array(numKeys + 1);
  for (let i = 0; i < keys.length; i++) offsets[keys[i]! + 1]!++;
  for (let key = 0; key < numKeys; key++) offsets[key + 1]! += offsets[key]!;
  return offsets;
}

/** Entry numbers grouped by key, stable: entries of one key keep the order of `order`. */
function orderByKey(keys: ArrayLike<number>, numKeys: number, order: Int32Array | undefined): Int32Array {
  const cursor = countingOffsets(keys, numKeys);
  const sorted = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const entry = order === undefined ? i : order[i]!;
    const key = keys[entry]!;
    const target = cursor[key]!;
    cursor[key] = target + 1;
    sorted[target] = entry;
  }
  return sorted;
}

interface Triples {
  readonly numUsers: number;
  readonly numItems: number;
  readonly userIndices: ArrayLike<number>;
  readonly itemIndices: ArrayLike<number>;
  readonly values: ArrayLike<number> | undefined;
  readonly timestampsMs: ArrayLike<number> | undefined;
}

interface SortedTriples {
  readonly userOffsets: Int32Array;
  readonly itemIndices: Int32Array;
  readonly values: Float32Array | undefined;
  readonly timestampsMs: Float64Array | undefined;
}

/** Sorts entries by user, then item, by two counting sorts, and keeps the largest value and latest time of each pair. */
export function sortTriples(triples: Triples): SortedTriples {
  const { numUsers, numItems, userIndices, itemIndices, values, timestampsMs } = triples;
  const order = orderByKey(userIndices, numUsers, orderByKey(itemIndices, numItems, undefined));
  const userOffsets = new Int32Array(numUsers + 1);
  const items = new Int32Array(order.length);
  const weights = values === undefined ? undefined : new Float32Array(order.length);
  const times = timestampsMs === undefined ? undefined : new Float64Array(order.length);
  let count = 0;
  let lastUser = -1;
  for (let i = 0; i < order.length; i++) {
    const entry = order[i]!;
    const user = userIndices[entry]!;
    const item = itemIndices[entry]!;
    const isSamePair = user === lastUser && items[count - 1] === item;
    if (!isSamePair) {
      items[count] = item;
      userOffsets[user + 1]!++;
      lastUser = user;
      count++;
    }
    const target = count - 1;
    if (weights !== undefined) weights[target] = isSamePair ? Math.max(weights[target]!, values![entry]!) : values![entry]!;
    if (times !== undefined)
      times[target] = isSamePair ? Math.max(times[target]!, timestampsMs![entry]!) : timestampsMs![entry]!;
  }
  for (let user = 0; user < numUsers; user++) userOffsets[user + 1]! += userOffsets[user]!;
  // Without repeated pairs, the usual case, the arrays are full and need no second copy.
  if (count === order.length) return { userOffsets, itemIndices: items, values: weights, timestampsMs: times };
  return {
    userOffsets,
    itemIndices: items.slice(0, count),
    values: weights?.slice(0, count),
    timestampsMs: times?.slice(0, count),
  };
}
