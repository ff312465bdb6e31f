import { setTimeout as sleep } from "node:timers/promises";
import { AbortError, type CallOptions, FurzeError, throwIfAborted, UnavailableError } from "@furze/core";
import type { ClientSession, Collection, Db, FindCursor, MongoClient } from "mongodb";
import { failureOf, hasLabel, toStoreError } from "./mongo-errors.ts";
import { type MongoRow, WriteUnit } from "./write-unit.ts";

export interface MongoSessionOptions {
  readonly database: string;
  /** For messages. */
  readonly place: string;
  /** How long a call goes on trying while the server cannot be reached, milliseconds. */
  readonly retryForMs: number;
}

export interface WriteOptions extends CallOptions {
  /** Whether running it twice is the same as once: only then it is repeated when the connection breaks in the middle. */
  readonly isRepeatable: boolean;
}

const FIRST_DELAY_MS = 20;
const MAX_DELAY_MS = 1000;
const MAX_CONFLICTS = 20;
/** Kinds of servers that have transactions, in the driver's words. */
const TRANSACTIONAL: ReadonlySet<string> = new Set(["RSPrimary", "Mongos", "LoadBalancer"]);

/** Calls to a MongoDB: retries, transactions, aborts and the end of it all. */
export class MongoSession {
  readonly #client: MongoClient;
  readonly #database: Db;
  readonly #options: MongoSessionOptions;
  readonly #active = new Set<Promise<unknown>>();
  #hasTransactions = false;
  #closing: Promise<void> | undefined;

  constructor(client: MongoClient, options: MongoSessionOptions) {
    this.#client = client;
    this.#database = client.db(options.database);
    this.#options = options;
    client.on("topologyDescriptionChanged", ({ newDescription }) => {
      const kinds = [...newDescription.servers.values()].map((server) => server.type);
      // While nobody is primary it stays what it was.
      if (kinds.some((kind) => kind !== "Unknown")) this.#hasTransactions = kinds.some((kind) => TRANSACTIONAL.has(kind));
    });
  }

  /** Whether the server that was last seen has transactions; false before the first call. */
  get hasTransactions(): boolean {
    return this.#hasTransactions;
  }

  get database(): Db {
    return this.#database;
  }

  collection<Row extends MongoRow>(name: string): Collection<Row> {
    return this.#database.collection<Row>(name);
  }

  /** Runs what may be run again at any time. An abort ends the wait at once, not the work. */
  read<T>(run: () => Promise<T>, options: CallOptions | undefined): Promise<T> {
    const attempt = () => this.#attempt(async () => run());
    return this.#track(
      () => this.#repeat(attempt, () => true, options?.signal),
      options?.signal,
      () => true,
    );
  }

  /** Runs a unit of changes, which is a transaction where the server has them. */
  write<T>(run: (unit: WriteUnit) => Promise<T>, { signal, isRepeatable }: WriteOptions): Promise<T> {
    let unit: WriteUnit | undefined;
    const attempt = () =>
      this.#attempt(async () => {
        const session = this.#hasTransactions ? this.#client.startSession() : undefined;
        const current = new WriteUnit(session, signal);
        unit = current;
        return session === undefined ? run(current) : this.#transaction(session, current, () => run(current), signal);
      });
    const mayRepeat = () => isRepeatable || unit?.hasLeftTraces !== true;
    return this.#track(
      () => this.#repeat(attempt, mayRepeat, signal),
      signal,
      () => unit?.isAbortable !== false,
    );
  }

  /**
   * Rows of a cursor, batch by batch. It lives on the server between the batches; when it is lost, another one goes on behind the last row.
   * Memory: a batch.
   */
  async *scan<Row extends MongoRow>(
    open: (last: Row | undefined) => FindCursor<Row>,
    batchSize: number,
    options: CallOptions,
  ): AsyncIterable<readonly Row[]> {
    let last: Row | undefined;
    let cursor: FindCursor<Row> | undefined;
    try {
      for (;;) {
        const batch = await this.read(async () => {
          cursor ??= open(last).batchSize(batchSize);
          try {
            return await takeRows(cursor, batchSize);
          } catch (error) {
            void cursor?.close().catch(() => {});
            cursor = undefined;
            throw error;
          }
        }, options);
        if (batch.length > 0) yield batch;
        last = batch.at(-1);
        if (batch.length < batchSize) return;
      }
    } finally {
      void cursor?.close().catch(() => {});
    }
  }

  /** Waits for calls in flight and closes all connections. */
  close(): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#active).then(() => this.#client.close());
    return this.#closing;
  }

  /** Counts a call as in flight, so that `close` waits for its work, also for what goes on after an abort. */
  #track<T>(start: () => Promise<T>, signal: AbortSignal | undefined, isAbortable: () => boolean): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(new UnavailableError("The store is closed.", { retryable: false }));
    if (signal?.aborted) return Promise.reject(new AbortError(undefined, { cause: signal.reason }));
    const work = start();
    this.#active.add(work);
    const settled = () => this.#active.delete(work);
    work.then(settled, settled);
    return signal === undefined ? work : untilAborted(work, signal, isAbortable);
  }

  async #attempt<T>(run: () => Promise<T>): Promise<T> {
    // Returns at once when it is connected, which also tells the kind of the server.
    await this.#client.connect();
    return run();
  }

  async #repeat<T>(attempt: () => Promise<T>, mayRepeat: () => boolean, signal: AbortSignal | undefined): Promise<T> {
    const { retryForMs, place } = this.#options;
    const giveUpAt = performance.now() + retryForMs;
    let conflicts = 0;
    for (let failures = 0; ; failures++) {
      throwIfAborted(signal);
      try {
        return await attempt();
      } catch (error) {
        const failure = FurzeError.is(error) ? "other" : failureOf(error);
        const delayMs = Math.random() * Math.min(FIRST_DELAY_MS * 2 ** failures, MAX_DELAY_MS);
        const isDown = failure === "unsent" || failure === "unavailable";
        if (isDown && !mayRepeat()) {
          const message = `${place} broke off while a write was under way: it may be stored, in part or as a whole, or not.`;
          throw new UnavailableError(message, { cause: error });
        }
        const isWorthIt = isDown
          ? performance.now() + delayMs < giveUpAt
          : failure === "conflict" && ++conflicts <= MAX_CONFLICTS;
        if (!isWorthIt || !mayRepeat()) throw toStoreError(error, place);
        await sleep(delayMs);
      }
    }
  }

  async #transaction<T>(
    session: ClientSession,
    unit: WriteUnit,
    run: () => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    try {
      session.startTransaction({ readPreference: "primary", readConcern: { level: "snapshot" } });
      let result: T;
      try {
        result = await run();
        throwIfAborted(signal);
      } catch (error) {
        // The server may have ended the transaction already.
        await session.abortTransaction().catch(() => {});
        throw error;
      }
      unit.isCommitting = true;
      await this.#commit(session);
      return result;
    } finally {
      await session.endSession();
    }
  }

  /** A commit may be repeated: the server knows which transactions it has committed. */
  async #commit(session: ClientSession): Promise<void> {
    const giveUpAt = performance.now() + this.#options.retryForMs;
    for (let failures = 0; ; failures++) {
      try {
        await session.commitTransaction();
        return;
      } catch (error) {
        if (!hasLabel(error, "UnknownTransactionCommitResult")) throw error;
        const delayMs = Math.random() * Math.min(FIRST_DELAY_MS * 2 ** failures, MAX_DELAY_MS);
        if (performance.now() + delayMs >= giveUpAt) {
          const message = "The connection broke while a write was being committed: it may be stored or not.";
          throw new UnavailableError(message, { cause: error });
        }
        await sleep(delayMs);
      }
    }
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal, isAbortable: () => boolean): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      if (isAbortable()) reject(new AbortError(undefined, { cause: signal.reason }));
    };
    signal.addEventListener("abort", onAbort, { once: true });
    const end = () => signal.removeEventListener("abort", onAbort);
    work.finally(end).then(resolve, reject);
  });
}

async function takeRows<Row extends MongoRow>(cursor: FindCursor<Row>, count: number): Promise<Row[]> {
  const rows: Row[] = [];
  while (rows.length < count && (await cursor.hasNext())) {
    for (const row of cursor.readBufferedDocuments(count - rows.length)) rows.push(row);
  }
  return rows;
}
