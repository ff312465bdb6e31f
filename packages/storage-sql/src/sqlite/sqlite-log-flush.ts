import { type FileHandle, open, realpath } from "node:fs/promises";
import { UnavailableError } from "@furze/core";
import type { SqliteConnection } from "./sqlite-connection.ts";

/**
 * Brings commits to the disk without stopping the thread. SQLite flushes its write-ahead log inside COMMIT while it holds the write
 * lock: with several processes each would wait for the flushes of all others. So the connection commits without a flush
 * (`synchronous = NORMAL`, under which the file stays whole through a power cut), and this flushes the log afterwards, beside the thread
 * and without a lock. One flush serves all commits before it; commits that come during one share the next.
 */
export class SqliteLogFlush {
  readonly #log: FileHandle;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  private constructor(log: FileHandle) {
    this.#log = log;
  }

  /** @param connection to the file; as long as it is open, nobody removes the log @throws {UnavailableError} when the log cannot be written */
  static async open(path: string, connection: SqliteConnection): Promise<SqliteLogFlush> {
    // Opening a file alone need not make its log; the first look into it does.
    connection.prepare("SELECT count(*) FROM sqlite_schema").get();
    try {
      // SQLite keeps the log beside the file that a symbolic link leads to.
      return new SqliteLogFlush(await open(`${await realpath(path)}-wal`, "r+"));
    } catch (cause) {
      throw new UnavailableError(`The log of the SQLite file ${path} cannot be opened: check its permissions.`, { cause });
    }
  }

  /**
   * Resolves when everything committed before the call is on the disk.
   *
   * @throws {UnavailableError} when the disk fails, from then on for ever: what was to be written may be lost, and a log counts only up
   * to its first gap
   */
  flush(): Promise<void> {
    this.#next ??= this.#follow(this.#running);
    return this.#next;
  }

  /** Waits for the flushes under way and lets go of the log. */
  async close(): Promise<void> {
    await Promise.allSettled([this.#running, this.#next]);
    await this.#log.close();
  }

  async #follow(before: Promise<void> | undefined): Promise<void> {
    await before;
    // Commits made from here on may come too late for this flush.
    this.#running = this.#next;
    this.#next = undefined;
    try {
      await this.#log.datasync();
    } catch (error) {
      const message = "The log of the SQLite file cannot be flushed to the disk: check the disk, then start the process again.";
      throw new UnavailableError(message, { cause: error, retryable: false });
    }
  }
}
