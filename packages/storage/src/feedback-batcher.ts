import { setImmediate as nextTurn } from "node:timers/promises";
import { AbortError, type Feedback, FurzeError } from "@furze/core";
import type { FeedbackWriteMode } from "./data-store.ts";

interface PendingCall {
  readonly rows: readonly Feedback[];
  readonly mode: FeedbackWriteMode;
  readonly signal: AbortSignal | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Stores the rows of one or several calls in one transaction. */
type WriteRows = (rows: readonly Feedback[], mode: FeedbackWriteMode, signal: AbortSignal | undefined) => Promise<void>;

/** Calls up to this size share transactions; larger ones gain nothing by it. */
const MAX_SHARED_CALL_ROWS = 500;
const MAX_BATCH_ROWS = 5000;
/** Under way at once, what comes meanwhile shares the next one: one is being flushed to the disk while the next is being stored. */
const MAX_BATCHES = 2;

/**
 * Lets calls that wait at the same time share a transaction, and with it the round trips and the flush to the disk.
 * Calls of one mode one after another are the same as one call, so a batch is nothing but their rows in a row.
 */
export class FeedbackBatcher {
  readonly #write: WriteRows;
  #queue: PendingCall[] = [];
  #numRunning = 0;
  #isScheduled = false;

  constructor(write: WriteRows) {
    this.#write = write;
  }

  /** Resolves when the rows are stored. An abort counts until the batch of the call begins. */
  add(rows: readonly Feedback[], mode: FeedbackWriteMode, signal: AbortSignal | undefined): Promise<void> {
    if (rows.length > MAX_SHARED_CALL_ROWS) return this.#write(rows, mode, signal);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#queue.push({ rows, mode, signal, resolve, reject });
    this.#schedule();
    return promise;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#numRunning >= MAX_BATCHES || this.#queue.length === 0) return;
    this.#isScheduled = true;
    // Calls of the same turn belong into the first batch already.
    void nextTurn().then(() => {
      this.#isScheduled = false;
      const batch = this.#takeBatch();
      if (batch.length > 0) {
        this.#numRunning++;
        void this.#store(batch).finally(() => {
          this.#numRunning--;
          this.#schedule();
        });
      }
      this.#schedule();
    });
  }

  #takeBatch(): PendingCall[] {
    const batch: PendingCall[] = [];
    let size = 0;
    let taken = 0;
    for (const call of this.#queue) {
      if (batch[0] !== undefined && (call.mode !== batch[0].mode || size + call.rows.length > MAX_BATCH_ROWS)) break;
      taken++;
      if (call.signal?.aborted) {
        call.reject(new AbortError(undefined, { cause: call.signal.reason }));
        continue;
      }
      batch.push(call);
      size += call.rows.length;
    }
    this.#queue = this.#queue.slice(taken);
    return batch;
  }

  async #store(batch: readonly PendingCall[]): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    try {
      const rows = batch.length === 1 ? first.rows : batch.flatMap((call) => call.rows);
      await this.#write(rows, first.mode, undefined);
      for (const call of batch) call.resolve();
    } catch (error) {
      // One call's row that the server refuses must not fail the others.
      if (batch.length > 1 && FurzeError.is(error) && !error.retryable) await this.#storeSingly(batch);
      else for (const call of batch) call.reject(error);
    }
  }

  async #storeSingly(batch: readonly PendingCall[]): Promise<void> {
    for (const call of batch) {
      try {
        await this.#write(call.rows, call.mode, undefined);
        call.resolve();
      } catch (error) {
        call.reject(error);
      }
    }
  }
}
