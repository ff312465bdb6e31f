import { setTimeout as sleep } from "node:timers/promises";
import { AbortError, type CallOptions, FurzeError, throwIfAborted, UnavailableError } from "@furze/core";
import { handled, type Sent } from "./chunks.ts";
import type {
  PooledConnection,
  SqlConnection,
  SqlDialect,
  SqlDriver,
  SqlErrorKind,
  SqlResult,
  SqlValue,
} from "./sql-driver.ts";

/** What a transaction gives, once the server has confirmed the statements that are under way. */
export interface SentResult<T> extends Sent {
  readonly result: T;
  /** Called once the transaction is committed. */
  readonly onStored?: (() => void) | undefined;
}

export interface SqlSessionOptions {
  /** How long a call goes on trying while the server cannot be reached, milliseconds. */
  readonly retryForMs: number;
  /** Longest time one statement may take, milliseconds. */
  readonly statementTimeoutMs: number;
}

const FIRST_DELAY_MS = 20;
const MAX_DELAY_MS = 1000;
/** Deadlocks are resolved at once by letting one transaction win, so some repetitions always do. */
const MAX_CONFLICTS = 20;

/** Calls to a server: retries, deadlines, aborts and the end of it all. */
export class SqlSession {
  readonly dialect: SqlDialect;
  readonly #driver: SqlDriver;
  readonly #options: SqlSessionOptions;
  readonly #active = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;
  #numOpened = 0;

  constructor(driver: SqlDriver, dialect: SqlDialect, options: SqlSessionOptions) {
    this.#driver = driver;
    this.dialect = dialect;
    this.#options = options;
  }

  /** Connections that have been opened so far. */
  get numOpened(): number {
    return this.#numOpened;
  }

  /** Counts a call as in flight: `close` waits for it. Inside, only `attempt...` may be used. */
  track<T>(run: () => Promise<T>, options: CallOptions | undefined): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(new UnavailableError("The store is closed.", { retryable: false }));
    if (options?.signal?.aborted) return Promise.reject(new AbortError(undefined, { cause: options.signal.reason }));
    const call = run();
    const settled = call.then(
      () => {},
      () => {},
    );
    this.#active.add(settled);
    settled.then(() => this.#active.delete(settled));
    return call;
  }

  /** Runs statements that read. */
  read<T>(run: (connection: SqlConnection) => Promise<T>, options: CallOptions | undefined): Promise<T> {
    return this.track(() => this.#withRetries(() => this.#onConnection(run, options?.signal), options?.signal), options);
  }

  query(sql: string, parameters: readonly SqlValue[], options: CallOptions | undefined): Promise<SqlResult> {
    return this.read((connection) => connection.query(sql, parameters), options);
  }

  /**
   * Runs statements that write, as one step. It runs again, as a whole, when others were let win over it and when the connection broke,
   * also at COMMIT, when it may be stored already: twice must be the same as once.
   */
  transaction<T>(run: (connection: SqlConnection) => Promise<T>, options: CallOptions | undefined): Promise<T> {
    return this.track(() => this.attemptTransaction(run, options), options);
  }

  attemptTransaction<T>(run: (connection: SqlConnection) => Promise<T>, options: CallOptions | undefined): Promise<T> {
    const waiting = async (connection: SqlConnection, begun: Promise<unknown>) => {
      await begun;
      return { result: await run(connection), answered: begun };
    };
    return this.attemptAhead(waiting, options);
  }

  /**
   * Like `attemptTransaction`, without waiting for BEGIN, nor for the last statements before COMMIT.
   * What `run` sends before `begun` resolves must do no harm outside of a transaction.
   */
  async attemptAhead<T>(
    run: (connection: SqlConnection, begun: Promise<unknown>) => Promise<SentResult<T>>,
    options: CallOptions | undefined,
  ): Promise<T> {
    const signal = options?.signal;
    let mayBeStored = false;
    const attempt = () =>
      this.#onConnection(async (connection) => {
        try {
          const { result, answered, onStored } = await run(connection, handled(connection.query("BEGIN")));
          // With a signal the answers come first, so that what is aborted until then is not stored.
          if (signal !== undefined) await answered;
          throwIfAborted(signal);
          mayBeStored = true;
          await Promise.all([answered, connection.query("COMMIT")]);
          onStored?.();
          return result;
        } catch (error) {
          // The failed statement may have ended the transaction or the connection; the release sorts that out.
          await connection.query("ROLLBACK").catch(() => {});
          throw error;
        }
      }, signal);
    try {
      return await this.#withRetries(attempt, signal);
    } catch (error) {
      if (!mayBeStored || !FurzeError.is(error) || error.code !== "UNAVAILABLE") throw error;
      const { message, retryable, cause } = error;
      throw new UnavailableError(`${message} The write may be stored or not: its COMMIT got no answer.`, { retryable, cause });
    }
  }

  /** Waits for calls in flight and closes the pool. */
  close(): Promise<void> {
    this.#closing ??= Promise.all(this.#active).then(() => this.#driver.end());
    return this.#closing;
  }

  async #onConnection<T>(run: (connection: SqlConnection) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const pooled = await this.#driver.acquire();
    if (pooled.isNew) this.#numOpened++;
    const guarded = new GuardedConnection(pooled, signal, this.#options.statementTimeoutMs);
    try {
      return await run(guarded);
    } catch (error) {
      if (!FurzeError.is(error) && this.#driver.kindOf(error) === "unavailable") guarded.isBroken = true;
      throw error;
    } finally {
      pooled.release(guarded.isBroken);
    }
  }

  async #withRetries<T>(attempt: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const giveUpAt = performance.now() + this.#options.retryForMs;
    let conflicts = 0;
    for (let failures = 0; ; failures++) {
      throwIfAborted(signal);
      try {
        return await attempt();
      } catch (error) {
        if (FurzeError.is(error)) throw error;
        const kind = this.#driver.kindOf(error);
        const delayMs = Math.random() * Math.min(FIRST_DELAY_MS * 2 ** failures, MAX_DELAY_MS);
        const mayRetry =
          kind === "conflict" ? ++conflicts <= MAX_CONFLICTS : kind === "unavailable" && performance.now() + delayMs < giveUpAt;
        if (!mayRetry) throw toStoreError(error, kind, this.#driver.place);
        await sleep(delayMs);
      }
    }
  }
}

/** Ends statements that take too long or whose caller gives up, by breaking the connection. */
class GuardedConnection implements SqlConnection {
  readonly #connection: PooledConnection;
  readonly #signal: AbortSignal | undefined;
  readonly #timeoutMs: number;
  isBroken = false;

  constructor(connection: PooledConnection, signal: AbortSignal | undefined, timeoutMs: number) {
    this.#connection = connection;
    this.#signal = signal;
    this.#timeoutMs = timeoutMs;
  }

  async query(sql: string, parameters?: readonly SqlValue[]): Promise<SqlResult> {
    if (this.isBroken) throw new UnavailableError("The connection to the server is broken.");
    if (sql !== "ROLLBACK") throwIfAborted(this.#signal);
    const { promise, reject } = Promise.withResolvers<never>();
    const giveUp = (error: Error) => {
      this.isBroken = true;
      reject(error);
    };
    const timer = setTimeout(() => {
      giveUp(new UnavailableError(`The server has not answered a statement within ${this.#timeoutMs} ms.`));
    }, this.#timeoutMs);
    const onAbort = () => giveUp(new AbortError(undefined, { cause: this.#signal?.reason }));
    // What COMMIT and ROLLBACK do is decided by the server: waiting tells, breaking off would not.
    const isEnd = sql === "COMMIT" || sql === "ROLLBACK";
    if (!isEnd) this.#signal?.addEventListener("abort", onAbort, { once: true });
    try {
      const answer = this.#connection.query(sql, parameters);
      return await Promise.race([answer, promise]);
    } finally {
      clearTimeout(timer);
      this.#signal?.removeEventListener("abort", onAbort);
    }
  }
}

function toStoreError(error: unknown, kind: SqlErrorKind, place: string): FurzeError {
  const text = error instanceof Error && error.message !== "" ? error.message : describeCode(error);
  switch (kind) {
    case "unavailable":
      return new UnavailableError(`${place} cannot be reached: ${text}`, { cause: error });
    case "conflict":
      return new UnavailableError(`${place} ended the transaction in favour of others, again and again: ${text}`, {
        cause: error,
      });
    case "misconfigured":
      return new UnavailableError(`${place} refuses the connection: ${text}`, { cause: error, retryable: false });
    case "untrusted":
      return new UnavailableError(`${place} shows a certificate that is not trusted: ${text}`, {
        cause: error,
        retryable: false,
      });
    case "unmigrated":
      return new FurzeError("INTERNAL", `${place}: ${text}. Call migrate() first.`, { cause: error });
    case "other":
      return new FurzeError("INTERNAL", `${place}: ${text}`, { cause: error });
  }
}

/** Several refused addresses come as one error without a message. */
function describeCode(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : String(error);
}
