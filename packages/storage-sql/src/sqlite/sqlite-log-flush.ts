import { type FileHandle, open, realpath } from "node:fs/promises";
import { UnavailableError } from "@furze/core";
import type { SqliteConnection } from "./sqlite-connection.ts";

/** Flushes under way at once: disks serve several in the time of one, and a commit need not wait for the flush that it has just missed. */
const MAX_FLUSHES = 2;

/**
 * Brings commits to the disk without stopping the thread. SQLite flushes its write-ahead log inside COMMIT while it holds the write
 * lock: with several processes each would wait for the flushes of all others. So the connection commits without a flush
 * (`synchronous = NORMAL`, under which the file stays whole through a power cut), and this flushes the log afterwards, beside the thread
 * and without a lock. One flush serves all commits before it; commits that come while two are under way share the next.
 */
export class SqliteLogFlush {
  /** The system tells of a failed write once for each time that a file was opened: flushes that share one could miss it. */
  readonly #idle: FileHandle[];
  readonly #running = new Set<Promise<void>>();
  #next: Promise<void> | undefined;
  #failure: UnavailableError | undefined;

  private constructor(handles: FileHandle[]) {
    this.#idle = handles;
  }

  /** @param connection to the file; as long as it is open, nobody removes the log @throws {UnavailableError} when the log cannot be written */
  static async open(path: string, connection: SqliteConnection): Promise<SqliteLogFlush> {
    // Opening a file alone need not make its log; the first look into it does.
    connection.prepare("SELECT count(*) FROM sqlite_schema").get();
    const handles: FileHandle[] = [];
    try {
      // SQLite keeps the log beside the file that a symbolic link leads to.
      const log = `${await realpath(path)}-wal`;
      while (handles.length < MAX_FLUSHES) handles.push(await open(log, "r+"));
    } catch (cause) {
      await Promise.allSettled(handles.map((handle) => handle.close()));
      throw new UnavailableError(`The log of the SQLite file ${path} cannot be opened: check its permissions.`, { cause });
    }
    return new SqliteLogFlush(handles);
  }

  /**
   * Resolves when everything committed before the call is on the disk.
   *
   * @throws {UnavailableError} when the disk fails, from then on for ever: what was to be written may be lost, and a log counts only up
   * to its first gap
   */
  flush(): Promise<void> {
    this.#next ??= this.#follow();
    return this.#next;
  }

  /** Waits for the flushes under way and lets go of the log. */
  async close(): Promise<void> {
    while (this.#next !== undefined || this.#running.size > 0) await Promise.allSettled([this.#next, ...this.#running]);
    await Promise.all(this.#idle.map((handle) => handle.close()));
  }

  async #follow(): Promise<void> {
    await (this.#idle.length > 0 ? undefined : Promise.race(this.#running));
    // Commits made from here on may come too late for this flush.
    this.#next = undefined;
    // There is one: only the next flush waits for it.
    const handle = this.#idle.pop() as FileHandle;
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    this.#running.add(ended);
    try {
      if (this.#failure === undefined) await handle.datasync();
    } catch (cause) {
      const message = "The log of the SQLite file cannot be flushed to the disk: check the disk, then start the process again.";
      this.#failure ??= new UnavailableError(message, { cause, retryable: false });
    }
    this.#idle.push(handle);
    this.#running.delete(ended);
    end();
    if (this.#failure !== undefined) throw this.#failure;
  }
}
