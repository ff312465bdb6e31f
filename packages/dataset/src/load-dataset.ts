import { type CallOptions, type Feedback, type Item, type ProgressListener, throwIfAborted, type User } from "@furze/core";
import type { Dataset } from "./dataset.ts";
import { DatasetBuilder, type DatasetOptions } from "./dataset-builder.ts";

/** Rows in batches, as stores and readers give them. */
export type Batches<Row> = AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>;

export interface LoadDatasetOptions extends DatasetOptions, CallOptions {
  readonly users: Batches<User>;
  readonly items: Batches<Item>;
  /** In any order; a scan in user order loads fastest. */
  readonly feedback: Batches<Feedback>;
  /** Number of rows to expect in all, for progress. Default: unknown, then `total` follows `done`. */
  readonly expectedRows?: number | undefined;
  /** Called after each batch with the number of rows read. */
  readonly onProgress?: ProgressListener | undefined;
}

/**
 * Loads an immutable snapshot: users, then items, then feedback, one pass over each.
 * A pair with several rows becomes one entry: in the strongest role (negative before positive before read), with the latest
 * time and largest value of its rows in that role. Feedback on unknown users or items is passed over and counted.
 *
 * @throws {AbortError} when the signal ends the call, checked between batches; the iterables are closed
 * Cost: O(rows * log of the longest user) time; at the peak 26 bytes a feedback row (34 with values), plus ids and tags.
 */
export async function loadDataset(options: LoadDatasetOptions): Promise<Dataset> {
  const builder = new DatasetBuilder(options);
  let done = 0;
  const read = async <Row>(batches: Batches<Row>, add: (rows: readonly Row[]) => void): Promise<void> => {
    throwIfAborted(options.signal);
    for await (const batch of batches) {
      throwIfAborted(options.signal);
      add(batch);
      done += batch.length;
      options.onProgress?.({ done, total: Math.max(done, options.expectedRows ?? 0) });
    }
  };
  await read(options.users, (batch) => builder.addUsers(batch));
  await read(options.items, (batch) => builder.addItems(batch));
  await read(options.feedback, (batch) => builder.addFeedback(batch));
  throwIfAborted(options.signal);
  return builder.build();
}
