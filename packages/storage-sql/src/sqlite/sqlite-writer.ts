import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { type CallOptions, throwIfAborted, UnavailableError } from "@furze/core";
import { TimeSlice } from "./event-loop.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";
import { isBusyError, toStoreError } from "./sqlite-errors.ts";
import type { SqliteLogFlush } from "./sqlite-log-flush.ts";

/**
 * One call's writes. It yields now and then (about every hundred rows), so that a bulk write neither blocks the event loop nor
 * misses an abort; the transaction stays open across the pauses.
 */
export type WriteJob<T> = (connection: SqliteConnection) => Iterator<undefined, T, undefined>;

interface PendingWrite {
  readonly run: WriteJob<unknown>;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface DoneWrite {
  readonly call: PendingWrite;
  readonly value: unknown;
}

export interface SqliteWriterOptions {
  readonly path: string;
  readonly connection: SqliteConnection;
  /** How long to try for the write lock before `UnavailableError`. */
  readonly busyTimeoutMs: number;
  /** Without it a commit is as good as on the disk. */
  readonly logFlush: SqliteLogFlush | undefined;
}

/** Calls that one transaction takes, and how long it takes more of them: bounds of the wait of the first one. */
const MAX_GROUP_CALLS = 1000;
const MAX_GROUP_MS = 20;
/** Pause between two tries for the lock. A try costs some ten microseconds; while nobody tries, a lock that is free serves nobody. */
const RETRY_MS = 1;
/** How long others may take the lock after a long transaction: several tries, as their timers are late on a busy machine. */
const YIELD_MS = 6;

/**
 * Group commit: calls that arrive in one turn of the event loop share a transaction and thereby one flush to the disk.
 * Each but the first has a savepoint, so that one that fails leaves nothing behind and does not touch its neighbours; promises settle when
 * the commit is on the disk. When the first one fails, all there is to undo is its own: the pages that a savepoint keeps apart cost a bulk write a quarter of its time.
 */
export class SqliteWriter {
  readonly #options: SqliteWriterOptions;
  #queue: PendingWrite[] = [];
  #draining: Promise<void> | undefined;
  #isClosed = false;
  /** Until when other processes may take the lock, after this one has held it for long. */
  #freeUntil = 0;

  constructor(options: SqliteWriterOptions) {
    this.#options = options;
  }

  write<T>(run: WriteJob<T>, options: CallOptions | undefined): Promise<T> {
    if (this.#isClosed) return Promise.reject(new UnavailableError("The store is closed.", { retryable: false }));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#queue.push({ run, signal: options?.signal, resolve: (value) => resolve(value as T), reject });
    this.#draining ??= this.#drain();
    return promise;
  }

  /** Waits for the calls in flight, refuses new ones and closes the connection. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#draining;
    await this.#options.logFlush?.close();
    this.#options.connection.close();
  }

  async #drain(): Promise<void> {
    const slice = new TimeSlice();
    await slice.rest();
    while (this.#queue.length > 0) {
      const queue = this.#queue;
      this.#queue = [];
      await this.#commitGroups(queue, slice);
    }
    this.#draining = undefined;
  }

  async #commitGroups(queue: readonly PendingWrite[], slice: TimeSlice): Promise<void> {
    let next = 0;
    while (next < queue.length) {
      try {
        await this.#begin();
      } catch (error) {
        for (const call of queue.slice(next)) call.reject(toStoreError(error, this.#options.path));
        return;
      }
      const startedAt = performance.now();
      const done: DoneWrite[] = [];
      while (next < queue.length && done.length < MAX_GROUP_CALLS && performance.now() - startedAt < MAX_GROUP_MS) {
        // SQLite ends the whole transaction by itself on a full disk: what came before fails at COMMIT, what comes after starts anew.
        if (!this.#options.connection.isInTransaction) break;
        const call = queue[next++];
        if (call === undefined) continue;
        try {
          const value = await (done.length === 0 ? this.#runFirst(call, slice) : this.#runNext(call, slice));
          done.push({ call, value });
        } catch (error) {
          call.reject(toStoreError(error, this.#options.path));
        }
      }
      if (done.length > 0 || this.#options.connection.isInTransaction) this.#commit(done);
      const endedAt = performance.now();
      if (endedAt - startedAt > MAX_GROUP_MS) this.#freeUntil = endedAt + YIELD_MS;
    }
  }

  /** Runs a call as the only one of the transaction so far; when it fails, the transaction is over. */
  async #runFirst(call: PendingWrite, slice: TimeSlice): Promise<unknown> {
    const { connection } = this.#options;
    throwIfAborted(call.signal);
    try {
      return await this.#run(call, slice);
    } catch (error) {
      if (connection.isInTransaction) connection.execute("ROLLBACK");
      throw error;
    }
  }

  /** Runs a call behind others in the transaction, which stay when it fails. */
  async #runNext(call: PendingWrite, slice: TimeSlice): Promise<unknown> {
    const { connection } = this.#options;
    throwIfAborted(call.signal);
    connection.prepare("SAVEPOINT one_call").run();
    try {
      const value = await this.#run(call, slice);
      connection.prepare("RELEASE one_call").run();
      return value;
    } catch (error) {
      if (connection.isInTransaction) connection.execute("ROLLBACK TO one_call; RELEASE one_call");
      throw error;
    }
  }

  async #run(call: PendingWrite, slice: TimeSlice): Promise<unknown> {
    const job = call.run(this.#options.connection);
    for (;;) {
      const step = job.next();
      if (step.done) return step.value;
      if (slice.isOver()) {
        await slice.rest();
        throwIfAborted(call.signal);
      }
    }
  }

  #commit(done: readonly DoneWrite[]): void {
    const { connection, path } = this.#options;
    try {
      connection.prepare("COMMIT").run();
    } catch (error) {
      if (connection.isInTransaction) connection.execute("ROLLBACK");
      for (const { call } of done) call.reject(toStoreError(error, path));
      return;
    }
    void this.#settle(done);
  }

  /** Tells the callers once it is on the disk; the next transaction does not wait for that. */
  async #settle(done: readonly DoneWrite[]): Promise<void> {
    try {
      await this.#options.logFlush?.flush();
      for (const { call, value } of done) call.resolve(value);
    } catch (error) {
      for (const { call } of done) call.reject(toStoreError(error, this.#options.path));
    }
  }

  /**
   * Takes the write lock; waits for other processes without blocking the thread. SQLite keeps no queue of those who wait: they try again
   * and again, so a process that takes the lock again at once after each long transaction would shut the others out for seconds.
   */
  async #begin(): Promise<void> {
    const pauseMs = this.#freeUntil - performance.now();
    if (pauseMs > 0) await sleep(pauseMs);
    const giveUpAt = performance.now() + this.#options.busyTimeoutMs;
    for (let attempt = 0; ; attempt++) {
      try {
        this.#options.connection.prepare("BEGIN IMMEDIATE").run();
        return;
      } catch (error) {
        if (!isBusyError(error) || performance.now() >= giveUpAt) throw error;
        // Most transactions are over within one turn, in which this process has other things to do.
        await (attempt === 0 ? nextTurn() : sleep(RETRY_MS));
      }
    }
  }
}
