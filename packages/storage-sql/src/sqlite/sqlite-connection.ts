import { DatabaseSync } from "node:sqlite";

export type SqlValue = null | number | string | Uint8Array;

/** The part of a prepared statement that the stores use; rows are arrays in the order of the selected columns. */
export interface SqliteStatement {
  all(...parameters: SqlValue[]): unknown[];
  get(...parameters: SqlValue[]): unknown;
  iterate(...parameters: SqlValue[]): Iterable<unknown>;
  run(...parameters: SqlValue[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };
}

export interface SqliteConnectionOptions {
  readonly path: string;
  /** Page size of a new file in bytes. */
  readonly pageSizeBytes: number;
  /** How long SQLite itself waits for a lock, blocking the thread. */
  readonly blockingBusyMs: number;
  /** Refuse every write on this connection. */
  readonly isReader: boolean;
}

/** Beyond this many shapes of statement the prepared ones are dropped and prepared again. */
const MAX_STATEMENTS = 256;
const PAGE_CACHE_KIB = 32 * 1024;
/** Pages in the write-ahead log before it is folded back: larger means fewer, longer pauses. */
const CHECKPOINT_PAGES = 4000;

/** One SQLite connection with its prepared statements. */
export class SqliteConnection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(options: SqliteConnectionOptions) {
    this.#database = new DatabaseSync(options.path, { timeout: options.blockingBusyMs });
    try {
      // In memory, SQLite walks the journal of a savepoint from its start with each statement inside: a bulk write would cost the square
      // of its rows. A file it cuts at once; it stays in memory while it is small.
      // NORMAL: the log is flushed before it is folded back, not with each commit.
      // The page size counts only until the file has its first page, which switching to WAL writes.
      this.#database.exec(`PRAGMA page_size = ${options.pageSizeBytes};
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        PRAGMA cache_size = -${PAGE_CACHE_KIB};
        PRAGMA temp_store = ${options.isReader ? "MEMORY" : "FILE"};
        PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
        PRAGMA query_only = ${options.isReader ? 1 : 0};`);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** False also when SQLite rolled a transaction back by itself, as it does on a full disk. */
  get isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** The prepared statement of this text, prepared on first use. Never use one again while it is being iterated. */
  prepare(sql: string): SqliteStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear();
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Runs statements that return nothing, one text. */
  execute(sql: string): void {
    this.#database.exec(sql);
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}
