import { type FeedbackRole, InvalidDatasetError } from "@furze/core";
import { GrowingColumn } from "./growing-column.ts";
import { UserItemMatrix } from "./user-item-matrix.ts";

/** Number of each role; of several roles of one pair the largest number wins. */
const ROLE_RANK: Readonly<Record<FeedbackRole, number>> = { read: 0, positive: 1, negative: 2 };

export interface RoleMatrices {
  readonly positive: UserItemMatrix;
  readonly negative: UserItemMatrix;
  readonly read: UserItemMatrix;
}

interface Columns {
  readonly userOffsets: Int32Array;
  readonly items: Int32Array;
  readonly ranks: Uint8Array;
  readonly times: Float64Array;
  readonly values: Float32Array | undefined;
}

/**
 * Collects feedback rows as columns and turns them into one matrix per role.
 * Rows may come in any order; those of one user in sequence (the order of a scan by user) cost the least.
 *
 * Memory: 13 bytes a row (17 with values) while collecting, twice that at the peak of `build`.
 */
export class FeedbackColumns {
  readonly #runUsers = new GrowingColumn(Int32Array);
  readonly #runEnds = new GrowingColumn(Int32Array);
  readonly #items = new GrowingColumn(Int32Array);
  readonly #ranks = new GrowingColumn(Uint8Array);
  readonly #times = new GrowingColumn(Float64Array);
  readonly #values: GrowingColumn<Float32Array<ArrayBuffer>> | undefined;
  #lastUser = -1;

  constructor(options: { readonly keepValues: boolean }) {
    this.#values = options.keepValues ? new GrowingColumn(Float32Array) : undefined;
  }

  add(userIndex: number, itemIndex: number, role: FeedbackRole, timestampMs: number, value: number): void {
    if (userIndex !== this.#lastUser) {
      this.#endRun();
      this.#lastUser = userIndex;
    }
    this.#items.push(itemIndex);
    this.#ranks.push(ROLE_RANK[role]);
    this.#times.push(timestampMs);
    this.#values?.push(value);
  }

  /**
   * One entry per pair: its strongest role, and of the rows in that role the latest time and the largest value.
   * Empties the columns.
   */
  build(numUsers: number, numItems: number): RoleMatrices {
    this.#endRun();
    const columns = this.#groupByUser(numUsers);
    const counts = resolvePairs(columns, numUsers, numItems);
    return {
      positive: extractRole(columns, counts, "positive", numItems),
      negative: extractRole(columns, counts, "negative", numItems),
      read: extractRole(columns, counts, "read", numItems),
    };
  }

  #endRun(): void {
    if (this.#lastUser < 0) return;
    this.#runUsers.push(this.#lastUser);
    this.#runEnds.push(this.#items.length);
    this.#lastUser = -1;
  }

  #groupByUser(numUsers: number): Columns {
    const runUsers = this.#runUsers.take();
    const runEnds = this.#runEnds.take();
    const userOffsets = new Int32Array(numUsers + 1);
    for (let run = 0; run < runUsers.length; run++) {
      userOffsets[runUsers[run]! + 1]! += runEnds[run]! - (run === 0 ? 0 : runEnds[run - 1]!);
    }
    for (let user = 0; user < numUsers; user++) userOffsets[user + 1]! += userOffsets[user]!;
    const targets = userOffsets.slice(0, numUsers);
    const starts = new Int32Array(runUsers.length);
    for (let run = 0; run < runUsers.length; run++) {
      const user = runUsers[run]!;
      starts[run] = targets[user]!;
      targets[user]! += runEnds[run]! - (run === 0 ? 0 : runEnds[run - 1]!);
    }
    const place = { starts, runEnds };
    return {
      userOffsets,
      items: scatter(this.#items, Int32Array, place),
      ranks: scatter(this.#ranks, Uint8Array, place),
      times: scatter(this.#times, Float64Array, place),
      values: this.#values === undefined ? undefined : scatter(this.#values, Float32Array, place),
    };
  }
}

/** Empties a column into one array where each run of rows stands at its start. */
function scatter<
  T extends Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Uint8Array<ArrayBuffer>,
>(
  column: GrowingColumn<T>,
  create: new (length: number) => T,
  place: { readonly starts: Int32Array; readonly runEnds: Int32Array },
): T {
  const { starts, runEnds } = place;
  const result = new create(column.length);
  let run = 0;
  let position = 0;
  column.drain((chunk) => {
    let taken = 0;
    while (taken < chunk.length) {
      const runStart = run === 0 ? 0 : runEnds[run - 1]!;
      const length = Math.min(runEnds[run]! - position, chunk.length - taken);
      result.set(chunk.subarray(taken, taken + length), starts[run]! + position - runStart);
      taken += length;
      position += length;
      if (position === runEnds[run]!) run++;
    }
  });
  return result;
}

/** Sorts each row by item and merges the rows of a pair, in place; returns how many entries each user has left. */
function resolvePairs(columns: Columns, numUsers: number, numItems: number): Int32Array {
  const { userOffsets, items, ranks, times, values } = columns;
  const counts = new Int32Array(numUsers);
  let longest = 0;
  for (let user = 0; user < numUsers; user++) longest = Math.max(longest, userOffsets[user + 1]! - userOffsets[user]!);
  if (numItems * longest >= 2 ** 53) {
    throw new InvalidDatasetError(`${longest} rows of one user over ${numItems} items are too many`);
  }
  // Item and place in one key sort natively; exact in a double while numItems * longest stays below 2^53.
  const keys = new Float64Array(longest);
  const row = { ranks: new Uint8Array(longest), times: new Float64Array(longest), values: new Float32Array(longest) };
  for (let user = 0; user < numUsers; user++) {
    const start = userOffsets[user]!;
    const length = userOffsets[user + 1]! - start;
    for (let i = 0; i < length; i++) keys[i] = items[start + i]! * length + i;
    keys.subarray(0, length).sort();
    row.ranks.set(ranks.subarray(start, start + length));
    row.times.set(times.subarray(start, start + length));
    if (values !== undefined) row.values.set(values.subarray(start, start + length));
    let last = start - 1;
    for (let i = 0; i < length; i++) {
      const item = Math.floor(keys[i]! / length);
      const place = keys[i]! - item * length;
      const rank = row.ranks[place]!;
      const isSamePair = last >= start && items[last] === item;
      if (isSamePair && rank < ranks[last]!) continue;
      const isSameRole = isSamePair && rank === ranks[last]!;
      if (!isSamePair) last++;
      items[last] = item;
      ranks[last] = rank;
      times[last] = isSameRole ? Math.max(times[last]!, row.times[place]!) : row.times[place]!;
      if (values !== undefined) values[last] = isSameRole ? Math.max(values[last]!, row.values[place]!) : row.values[place]!;
    }
    counts[user] = last + 1 - start;
  }
  return counts;
}

function extractRole(columns: Columns, counts: Int32Array, role: FeedbackRole, numItems: number): UserItemMatrix {
  const { userOffsets, items, ranks, times, values } = columns;
  const rank = ROLE_RANK[role];
  const numUsers = counts.length;
  const offsets = new Int32Array(numUsers + 1);
  for (let user = 0; user < numUsers; user++) {
    let count = 0;
    const end = userOffsets[user]! + counts[user]!;
    for (let entry = userOffsets[user]!; entry < end; entry++) if (ranks[entry] === rank) count++;
    offsets[user + 1] = offsets[user]! + count;
  }
  const numEntries = offsets[numUsers]!;
  const itemIndices = new Int32Array(numEntries);
  // Times and weights matter for training, which is on positives; the other roles only exclude and contrast.
  const timestampsMs = role === "positive" ? new Float64Array(numEntries) : undefined;
  const weights = role === "positive" && values !== undefined ? new Float32Array(numEntries) : undefined;
  let target = 0;
  for (let user = 0; user < numUsers; user++) {
    const end = userOffsets[user]! + counts[user]!;
    for (let entry = userOffsets[user]!; entry < end; entry++) {
      if (ranks[entry] !== rank) continue;
      itemIndices[target] = items[entry]!;
      if (timestampsMs !== undefined) timestampsMs[target] = times[entry]!;
      if (weights !== undefined) weights[target] = values![entry]!;
      target++;
    }
  }
  return UserItemMatrix.fromCsr({ numUsers, numItems, userOffsets: offsets, itemIndices, values: weights, timestampsMs });
}
