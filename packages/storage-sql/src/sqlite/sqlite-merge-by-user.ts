import type { Feedback } from "@furze/core";
import { compareBytes } from "@furze/storage";

/** Rows of one type in the order user, item (by bytes), batch by batch. */
export type FeedbackStream = AsyncIterable<readonly Feedback[]>;

/** However many streams share a step, each reads at least so many rows at once. */
const MIN_SHARE_ROWS = 16;

/** Rows that each of the streams may read at once, when all of them together are to hold about `numRows`. */
export function shareOfStream(numRows: number, numStreams: number): number {
  return Math.max(MIN_SHARE_ROWS, Math.ceil(numRows / numStreams));
}

/**
 * Merges the rows of several types into one order: user, item, type. Batches have `batchSize` rows, the last one what is left. Rows that have
 * one user and item come in the order of their streams, so streams are given in the order of their types.
 * Streams are closed at the end, also when the caller stops early or one of them fails.
 *
 * Cost: O(log(streams)) comparisons a row; memory: a batch of each stream, and one of its own.
 * Source: the tree of losers of Knuth, The Art of Computer Programming, vol. 3, section 5.4.1.
 */
export async function* mergeByUser(
  streams: readonly FeedbackStream[],
  batchSize: number,
): AsyncGenerator<readonly Feedback[], void, undefined> {
  const heads = streams.map((stream) => new StreamHead(stream));
  try {
    for (const head of heads) await head.refill();
    const tree = new LoserTree(heads);
    let batch: Feedback[] = [];
    for (let first = tree.first(); first?.row !== undefined; first = tree.first()) {
      batch.push(first.row);
      if (batch.length === batchSize) {
        yield batch;
        batch = [];
      }
      if (!first.advance()) await first.refill();
      tree.replay();
    }
    if (batch.length > 0) yield batch;
  } finally {
    for (const head of heads) await head.close();
  }
}

/** Where a stream stands. */
class StreamHead {
  /** The next row; `undefined` when there is none. */
  row: Feedback | undefined;
  readonly #batches: AsyncIterator<readonly Feedback[]>;
  #batch: readonly Feedback[] = [];
  #place = 0;

  constructor(stream: FeedbackStream) {
    this.#batches = stream[Symbol.asyncIterator]();
  }

  /** @returns whether the batch had another row; if not, the next batch is due */
  advance(): boolean {
    this.row = this.#batch[++this.#place];
    return this.row !== undefined;
  }

  async refill(): Promise<void> {
    this.#place = 0;
    do {
      const next = await this.#batches.next();
      this.#batch = next.done ? [] : next.value;
      if (next.done) break;
    } while (this.#batch.length === 0);
    this.row = this.#batch[0];
  }

  async close(): Promise<void> {
    await this.#batches.return?.();
  }
}

/** Heads as leaves of a tree: each node keeps the one that comes later of the two that met there, so that a new row has one rival a level. */
class LoserTree {
  readonly #heads: readonly StreamHead[];
  /** Node 0 has the winner, node `i` what lost between nodes `2 * i` and `2 * i + 1`; -1 where nobody has come by. */
  readonly #nodes: Int32Array;

  constructor(heads: readonly StreamHead[]) {
    this.#heads = heads;
    this.#nodes = new Int32Array(Math.max(heads.length, 1)).fill(-1);
    for (let leaf = heads.length - 1; leaf >= 0; leaf--) this.#climb(leaf);
  }

  /** The head whose row comes before those of all others. */
  first(): StreamHead | undefined {
    return this.#heads[this.#nodes[0] ?? -1];
  }

  /** Finds the first anew, once the one there was has another row. */
  replay(): void {
    this.#climb(this.#nodes[0] ?? -1);
  }

  #climb(leaf: number): void {
    const nodes = this.#nodes;
    let winner = leaf;
    for (let node = (leaf + this.#heads.length) >> 1; node > 0 && winner >= 0; node >>= 1) {
      const rival = nodes[node] ?? -1;
      if (rival >= 0 && !this.#isBefore(rival, winner)) continue;
      nodes[node] = winner;
      winner = rival;
    }
    // In the tree's first round a head waits at the first free node for the one to meet it.
    if (winner >= 0) nodes[0] = winner;
  }

  #isBefore(left: number, right: number): boolean {
    const a = this.#heads[left]?.row;
    const b = this.#heads[right]?.row;
    if (a === undefined || b === undefined) return b === undefined && a !== undefined;
    // Most rows that meet are of one user, and to find texts equal is quicker than to compare them.
    const order = a.userId === b.userId ? compareBytes(a.itemId, b.itemId) : compareBytes(a.userId, b.userId);
    return order === 0 ? left < right : order < 0;
  }
}
