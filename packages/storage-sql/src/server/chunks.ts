import type { SqlValue } from "./sql-driver.ts";

/** Cuts rows into chunks bounded by their number and their size (characters and bytes; a single larger row is a chunk of its own). */
export function* chunkRows<Row extends readonly SqlValue[]>(
  rows: readonly Row[],
  maxRows: number,
  maxSize: number,
): Generator<readonly Row[]> {
  let start = 0;
  let size = 0;
  for (const [position, row] of rows.entries()) {
    let rowSize = 0;
    for (const value of row) rowSize += typeof value === "string" || value instanceof Uint8Array ? value.length : 8;
    if (position > start && (position - start >= maxRows || size + rowSize > maxSize)) {
      yield rows.slice(start, position);
      start = position;
      size = 0;
    }
    size += rowSize;
  }
  if (start < rows.length) yield start === 0 ? rows : rows.slice(start);
}

/** Cuts a list into parts of at most `size`. */
export function* chunkList<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += size) {
    yield list.length <= size ? list : list.slice(start, start + size);
  }
}

/** The last row of each key, in the order of the keys: every call locks rows in one order, which spares deadlocks. */
export function lastOfEachKey<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Row[] {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** Statements that are all on their way. */
export interface Sent {
  /** Settles with the server's answers; who lets go of it need not handle its failure. */
  readonly answered: Promise<unknown>;
}

/**
 * Sends one chunk after another, with at most `maxUnderWay` unanswered; the next one is prepared meanwhile.
 *
 * @returns when the last one is sent
 */
export async function sendOverlapped<Chunk, Prepared>(
  chunks: Iterable<Chunk>,
  prepare: (chunk: Chunk) => Prepared,
  send: (prepared: Prepared) => Promise<unknown>,
  maxUnderWay = 1,
): Promise<Sent> {
  const underWay: Promise<unknown>[] = [];
  for (const chunk of chunks) {
    const prepared = prepare(chunk);
    if (underWay.length >= maxUnderWay) await underWay.shift();
    underWay.push(handled(send(prepared)));
  }
  return { answered: handled(Promise.all(underWay)) };
}

/** The same promise, whose failure may be looked at later or never. */
export function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
