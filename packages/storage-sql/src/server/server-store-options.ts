import type { SqlSessionOptions } from "./sql-session.ts";

export type IsolationLevel = "READ-COMMITTED" | "REPEATABLE-READ" | "SERIALIZABLE";

export interface ServerStoreOptions {
  /** Address of the server with user, password and database. */
  readonly uri: string;
  /** Begins the name of every table: up to 32 letters, digits and `_`. Default none. */
  readonly tablePrefix?: string | undefined;
  /** Most connections at once, > 0. Default 10. */
  readonly maxConnections?: number | undefined;
  /** Most connections that are kept while nobody uses them; 0 for as many as `maxConnections`. Default 0. */
  readonly maxIdleConnections?: number | undefined;
  /** How long an unused connection is kept, milliseconds. Default 60,000. */
  readonly idleTimeoutMs?: number | undefined;
  /** Age at which a connection is replaced, milliseconds; 0 for never. Default 0. */
  readonly maxLifetimeMs?: number | undefined;
  /**
   * Isolation of MySQL's transactions. Default `READ-COMMITTED`, which locks no gaps between rows and so spares most deadlocks; nothing here
   * needs more.
   */
  readonly isolationLevel?: IsolationLevel | undefined;
  /** How long a connection may take to open, milliseconds. Default 5,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long a call goes on trying while the server cannot be reached, milliseconds. Default 5,000. */
  readonly retryForMs?: number | undefined;
  /** Longest time one statement may take, milliseconds. Default 120,000. */
  readonly statementTimeoutMs?: number | undefined;
}

export interface PoolSettings {
  readonly uri: string;
  readonly maxConnections: number;
  readonly maxIdleConnections: number;
  readonly idleTimeoutMs: number;
  readonly maxLifetimeMs: number;
  readonly isolationLevel: IsolationLevel;
  readonly connectTimeoutMs: number;
}

export function poolSettings(options: ServerStoreOptions): PoolSettings {
  const maxConnections = options.maxConnections ?? 10;
  return {
    uri: options.uri,
    maxConnections,
    maxIdleConnections: Math.min(options.maxIdleConnections || maxConnections, maxConnections),
    idleTimeoutMs: options.idleTimeoutMs ?? 60_000,
    maxLifetimeMs: options.maxLifetimeMs ?? 0,
    isolationLevel: options.isolationLevel ?? "READ-COMMITTED",
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
  };
}

export function sessionOptions(options: ServerStoreOptions): SqlSessionOptions {
  return { retryForMs: options.retryForMs ?? 5_000, statementTimeoutMs: options.statementTimeoutMs ?? 120_000 };
}
