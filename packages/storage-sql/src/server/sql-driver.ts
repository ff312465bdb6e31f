import type { Sent } from "./chunks.ts";

/** A value of a statement; a list stands for all the values of an `IN`. */
export type SqlValue = null | string | number | Uint8Array | readonly string[] | readonly number[];

export interface SqlResult {
  /** Rows as arrays, in the order of the selected columns. */
  readonly rows: readonly (readonly unknown[])[];
  /** Rows that a write inserted, changed or deleted. */
  readonly changes: number;
}

/**
 * One connection to a server. Statements write their parameters as `?`. One may be sent before those ahead of it are answered: after a
 * failure all that follow in the transaction are refused, its COMMIT included.
 */
export interface SqlConnection {
  query(sql: string, parameters?: readonly SqlValue[]): Promise<SqlResult>;
}

/** A connection out of the pool. */
export interface PooledConnection extends SqlConnection {
  /** Whether nobody has had it before. */
  readonly isNew: boolean;
  /** Gives it back; a broken one is thrown away, which makes the server roll back what it has under way. */
  release(isBroken: boolean): void;
}

/**
 * What an error of a server means for the call.
 * `unavailable`: nobody answers, try again. `conflict`: a deadlock or the like, run the transaction again.
 * `misconfigured`: password, database or rights are wrong. `untrusted`: the certificate is. `unmigrated`: tables are missing. `other`: a fault of ours.
 */
export type SqlErrorKind = "unavailable" | "conflict" | "misconfigured" | "untrusted" | "unmigrated" | "other";

/** A pool of connections to one server. */
export interface SqlDriver {
  /** What messages call the server: product and address, never a password. */
  readonly place: string;
  acquire(): Promise<PooledConnection>;
  kindOf(error: unknown): SqlErrorKind;
  end(): Promise<void>;
}

export type ColumnKind = "text" | "integer" | "double" | "bytes" | "terms";

export interface Insertion {
  readonly table: string;
  readonly columns: readonly (readonly [name: string, kind: ColumnKind])[];
  /** Columns of the primary key. */
  readonly key: readonly string[];
  /**
   * What happens to a row whose key is stored: each column's new value, made by `update`. Absent: the stored row stays.
   * The rows of one call must have keys of their own.
   */
  readonly update?: ((names: ColumnNames) => Readonly<Record<string, string>>) | undefined;
}

/** How a row is made of its id alone. */
export interface Creation {
  readonly table: string;
  /** The primary key. */
  readonly column: string;
  /** The other columns, each with its value as SQL. */
  readonly defaults: Readonly<Record<string, string>>;
}

/** How the update of an insertion calls the values of a column. */
export interface ColumnNames {
  readonly stored: (column: string) => string;
  readonly given: (column: string) => string;
}

/** Types of columns in the server's words. Text compares by its UTF-8 bytes, without padding. */
export interface ColumnTypes {
  /** Up to 256 characters. */
  readonly id: string;
  /** Up to 512 characters. */
  readonly name: string;
  readonly text: string;
  readonly integer: string;
  readonly double: string;
  readonly bytes: string;
  /** What `termsValue` makes. */
  readonly terms: string;
  /** Statements that create a table with its indexes unless it exists. */
  readonly table: (definition: TableDefinition) => readonly string[];
}

export interface TableDefinition {
  /** Without quotes; the indexes' names begin with it. */
  readonly name: string;
  /** Columns and primary key. */
  readonly columns: readonly string[];
  /** Each: the end of the name, columns. */
  readonly indexes?: readonly (readonly [name: string, columns: string])[];
  /** Column of type `terms` with a full-text index. */
  readonly fullText?: string | undefined;
}

/** A search for terms as parts of a statement, each of which takes `pattern`. */
export interface TermsMatch {
  /** Whether the column has one of the terms. */
  readonly matches: string;
  /** How well it fits, for rows that match. */
  readonly rank: string;
  readonly pattern: string;
}

export type OrderValue = string | number;

/** Values of many rows as one, by expressions for a query with GROUP BY: a column's values in each group, one behind the other. */
export interface PackedColumns {
  /** A text. */
  texts(column: string): string;
  /** Bytes: how many each text takes in UTF-8, 16 bits each, like all numbers the highest byte first. */
  lengths(column: string): string;
  /** Bytes, 64 bits each. */
  doubles(column: string): string;
  /** Bytes, 64 bits each, signed. */
  integers(column: string): string;
}

/** What `beginDeletion` takes. */
export interface Deletion {
  readonly table: string;
  readonly version: string;
}

/** Where SQL of the servers differs. */
export interface SqlDialect {
  /** Whether the column is among the values of one list parameter. */
  in(column: string): string;
  /** The column in a form that keeps the planner from choosing an index by it. */
  opaque(column: string): string;
  /** Behind a table in FROM: use this index. */
  useIndex(index: string): string;
  /** Name of the primary key for `useIndex`. */
  readonly primaryKey: string;
  /** Behind a SELECT: keeps the rows it found from being deleted by others until the end of the transaction. */
  readonly lockRows: string;
  /**
   * Holds off deletions of users and items until the end of the transaction, so that those it finds stay.
   *
   * @param table of one row, the version of the deletions
   * @returns the version
   */
  holdDeletions(connection: SqlConnection, table: string): Promise<string>;
  /** Waits for transactions that hold off deletions, lets new ones wait until the end of this one, and writes another version. */
  beginDeletion(connection: SqlConnection, table: string, version: string): Promise<void>;
  /** Whether `(a, b) > (?, ?)` walks an index; otherwise it is taken apart. */
  readonly comparesRows: boolean;
  /** FROM-items that make a column `category` of the JSON list in the column `categories` of `items`. */
  readonly categoriesOfItems: string;
  /** The first 256 characters. */
  first256(expression: string): string;
  insert(connection: SqlConnection, insertion: Insertion, rows: readonly (readonly SqlValue[])[]): Promise<void>;
  /** Like `insert`, but does not wait for the last answers. */
  sendInsert(connection: SqlConnection, insertion: Insertion, rows: readonly (readonly SqlValue[])[]): Promise<Sent>;
  /**
   * Creates those that are missing, in a transaction that holds off deletions. Looks first: a look costs less than an insert that
   * finds its row there. Does not wait for the last answers.
   */
  createMissing(connection: SqlConnection, creation: Creation, sortedIds: readonly string[]): Promise<Sent>;
  /** Inserts what the query gives, but for rows whose key is stored. */
  insertSelected(table: string, columns: string, query: string): string;
  /** Deletes at most `limit` rows that match. */
  deleteSome(table: string, condition: string, limit: number): string;
  /** What a column of type `terms` takes. */
  termsValue(terms: readonly string[]): string;
  matchTerms(column: string, terms: readonly string[]): TermsMatch;
  /** Absent where rows cost no more. */
  readonly packed?: PackedColumns;
  /** Query of one value that is another one after each commit; absent where there is none. */
  readonly snapshot?: string;
  columnTypes(connection: SqlConnection): Promise<ColumnTypes>;
  /** Empties tables as one step: others see all of them full or all of them empty. */
  emptyTables(connection: SqlConnection, tables: readonly string[], deletion?: Deletion): Promise<void>;
  /** Runs the migration while no other process runs one of that name. */
  withMigrationLock<T>(connection: SqlConnection, name: string, run: () => Promise<T>): Promise<T>;
}
