export interface SqliteStoreOptions {
  /** File of the database. */
  readonly path: string;
  /** Begins the name of every table, so that several stores fit in one file: letters, digits, `_`. Default none. */
  readonly tablePrefix?: string | undefined;
  /** How long a write waits for another process's before it fails with `UnavailableError`, milliseconds. Default 10,000. */
  readonly busyTimeoutMs?: number | undefined;
}

export const DEFAULT_BUSY_TIMEOUT_MS = 10_000;
