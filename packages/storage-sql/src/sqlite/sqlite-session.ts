import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type CallOptions, InvalidArgumentError, throwIfAborted, UnavailableError } from "@furze/core";
import { SqliteConnection, type SqliteConnectionOptions } from "./sqlite-connection.ts";
import { isBusyError, toStoreError } from "./sqlite-errors.ts";
import { SqliteLogFlush } from "./sqlite-log-flush.ts";
import { SqliteWriter, type WriteJob } from "./sqlite-writer.ts";

export interface SqliteSessionOptions {
  readonly path: string;
  /** Whether a write survives a power cut once its promise has resolved; if not, it survives a crash of the process. */
  readonly isDurable: boolean;
  readonly pageSizeBytes: number;
  readonly busyTimeoutMs: number;
}

/** The writer waits for its lock without blocking the thread. */
const WRITER_BLOCKING_MS = 0;
/** Readers of a write-ahead log wait only for its recovery after a crash. */
const READER_BLOCKING_MS = 1000;

/** An open file: one connection that reads and one that writes, so that reads never see a transaction that is still running. */
export class SqliteSession {
  readonly #path: string;
  readonly #reader: SqliteConnection;
  readonly #writer: SqliteWriter;
  /** Calls that have yet to hand their writes over. */
  readonly #tracked = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(path: string, reader: SqliteConnection, writer: SqliteWriter) {
    this.#path = path;
    this.#reader = reader;
    this.#writer = writer;
  }

  /** Runs synchronous reads. @throws {UnavailableError} when the file cannot be read or the store is closed */
  read<T>(run: (reader: SqliteConnection) => T, options: CallOptions | undefined): T {
    throwIfAborted(options?.signal);
    if (this.#closing !== undefined) throw new UnavailableError("The store is closed.", { retryable: false });
    try {
      return run(this.#reader);
    } catch (error) {
      throw toStoreError(error, this.#path);
    }
  }

  /** Runs several synchronous reads on one state of the file, which also spares each of them the taking of a lock. */
  readSnapshot<T>(run: (reader: SqliteConnection) => T, options: CallOptions | undefined): T {
    return this.read((reader) => {
      reader.prepare("BEGIN").run();
      try {
        return run(reader);
      } finally {
        reader.prepare("COMMIT").run();
      }
    }, options);
  }

  /** Runs short writes as one atomic call. */
  write<T>(run: (connection: SqliteConnection) => T, options: CallOptions | undefined): Promise<T> {
    return this.writeSliced((connection) => ({ next: () => ({ done: true, value: run(connection) }) }), options);
  }

  /** Runs long writes as one atomic call; the job yields between parts of it. */
  writeSliced<T>(run: WriteJob<T>, options: CallOptions | undefined): Promise<T> {
    return this.#writer.write(run, options);
  }

  /** Runs a call that writes later on: closing waits for it. */
  async track<T>(run: () => Promise<T>, options: CallOptions | undefined): Promise<T> {
    throwIfAborted(options?.signal);
    if (this.#closing !== undefined) throw new UnavailableError("The store is closed.", { retryable: false });
    const call = run();
    this.#tracked.add(call);
    try {
      return await call;
    } finally {
      this.#tracked.delete(call);
    }
  }

  /** Another number after each commit to the file, of this session or of any other. Cost: some microseconds. */
  dataVersion(): number {
    const [version] = this.read((reader) => reader.prepare("PRAGMA data_version").get(), undefined) as [number];
    return version;
  }

  count(table: string, options: CallOptions | undefined): number {
    const [count] = this.read((reader) => reader.prepare(`SELECT count(*) FROM ${table}`).get(), options) as [number];
    return count;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#tracked.size > 0) await Promise.allSettled(this.#tracked);
    await this.#writer.close();
    this.#reader.close();
  }
}

/** Opens the file, creating it and its folder. @throws {InvalidArgumentError} without a path; {UnavailableError} when that fails or other processes keep it locked */
export async function openSqliteSession(options: SqliteSessionOptions): Promise<SqliteSession> {
  const { path, busyTimeoutMs } = options;
  if (path === "" || path.startsWith(":memory:")) {
    // Each of the two connections would get a database of its own.
    throw new InvalidArgumentError(
      "path",
      "a SQLite store needs a file: give the path of one, in a temporary folder for a test",
    );
  }
  const folder = dirname(path);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new UnavailableError(`The folder ${folder} of the SQLite file cannot be created: check its permissions.`, {
      cause: error,
    });
  }
  const giveUpAt = performance.now() + busyTimeoutMs;
  const shared = { path, pageSizeBytes: options.pageSizeBytes };
  const opened: SqliteConnection[] = [];
  try {
    const connection = await connect({ ...shared, blockingBusyMs: WRITER_BLOCKING_MS, isReader: false }, giveUpAt);
    opened.push(connection);
    const reader = await connect({ ...shared, blockingBusyMs: READER_BLOCKING_MS, isReader: true }, giveUpAt);
    opened.push(reader);
    const logFlush = options.isDurable ? await SqliteLogFlush.open(path, connection) : undefined;
    return new SqliteSession(path, reader, new SqliteWriter({ path, connection, busyTimeoutMs, logFlush }));
  } catch (error) {
    for (const connection of opened) connection.close();
    throw toStoreError(error, path);
  }
}

/** Retries by hand: SQLite does not wait for the lock that the switch to WAL needs. */
async function connect(options: SqliteConnectionOptions, giveUpAt: number): Promise<SqliteConnection> {
  for (;;) {
    try {
      return new SqliteConnection(options);
    } catch (error) {
      if (!isBusyError(error) || performance.now() >= giveUpAt) throw toStoreError(error, options.path);
      await sleep(1 + Math.random() * 10);
    }
  }
}
