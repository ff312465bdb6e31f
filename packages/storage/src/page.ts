import type { CallOptions } from "@furze/core";

/** One page of a keyset-ordered listing. Order is bytewise (UTF-8) ascending in every store. */
export interface Page<Row, Key> {
  readonly rows: readonly Row[];
  /** Key of the first row of the next page; `undefined` when this page is the last. */
  readonly next: Key | undefined;
}

export interface PageOptions<Key> extends CallOptions {
  /** First key of the page, inclusive; the start when absent. */
  readonly from?: Key | undefined;
  /** Most rows to return, >= 0. With 0 the page is empty and `next` is the first key. */
  readonly limit: number;
}

export interface ScanOptions extends CallOptions {
  /** Rows per batch, > 0. Default 10,000. A scan holds one batch in memory, or two when it reads ahead. */
  readonly batchSize?: number | undefined;
}

export const DEFAULT_SCAN_BATCH_SIZE = 10_000;
