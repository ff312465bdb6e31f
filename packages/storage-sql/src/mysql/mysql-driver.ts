import { loadDriver } from "@furze/storage";
import type { Pool, PoolConnection, SslOptions } from "mysql2/promise";
import { codeOf, isNetworkError } from "../server/network-errors.ts";
import type { PoolSettings } from "../server/server-store-options.ts";
import type { PooledConnection, SqlDriver, SqlErrorKind, SqlResult, SqlValue } from "../server/sql-driver.ts";
import { readTlsFiles, type TlsSettings } from "../server/tls-settings.ts";
import { type MysqlAddress, parseMysqlUri } from "./mysql-uri.ts";
import { type StatementAnswer, StatementQueue } from "./statement-queue.ts";

/** Names in double quotes, as the statements have them; errors in place of values cut to fit. */
const SQL_MODE = "SET SESSION sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'";

/** Numbers of errors: https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html; those from 1900 on are MariaDB's. */
const KINDS: ReadonlyMap<number, SqlErrorKind> = new Map([
  ...[1205, 1213, 1020].map((number) => [number, "conflict"] as const),
  ...[1040, 1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1203, 1226, 1290, 1317, 1836, 1927, 2006, 2013, 3169, 4031].map(
    (number) => [number, "unavailable"] as const,
  ),
  ...[1044, 1045, 1049, 1142, 1227, 1251, 1698].map((number) => [number, "misconfigured"] as const),
  ...[1146, 1054].map((number) => [number, "unmigrated"] as const),
]);

class MysqlConnection implements PooledConnection {
  readonly #connection: PoolConnection;
  readonly #isExpired: () => boolean;
  readonly isNew: boolean;
  readonly #queue: StatementQueue;

  constructor(connection: PoolConnection, isNew: boolean, isExpired: () => boolean) {
    this.isNew = isNew;
    this.#queue = new StatementQueue(async (texts) => {
      const [result] = await connection.query({ sql: texts.join(";"), rowsAsArray: true });
      return (texts.length === 1 ? [result] : result) as readonly StatementAnswer[];
    });
    this.#connection = connection;
    this.#isExpired = isExpired;
  }

  async query(sql: string, parameters: readonly SqlValue[] = []): Promise<SqlResult> {
    // Given even an empty list, the driver would look for placeholders through all the values of a bulk insert.
    const text = parameters.length === 0 ? sql : this.#connection.format(sql, [...parameters]);
    const answer = await this.#queue.run(text);
    return "affectedRows" in answer ? { rows: [], changes: answer.affectedRows } : { rows: answer, changes: 0 };
  }

  release(isBroken: boolean): void {
    if (isBroken || this.#isExpired()) this.#connection.destroy();
    else this.#connection.release();
  }
}

class MysqlDriver implements SqlDriver {
  readonly place: string;
  readonly #pool: Pool;
  readonly #maxLifetimeMs: number;
  readonly #sessionSettings: readonly string[];
  readonly #openedAt = new WeakMap<object, number>();

  constructor(pool: Pool, place: string, { maxLifetimeMs, isolationLevel }: PoolSettings) {
    this.#pool = pool;
    this.place = place;
    this.#maxLifetimeMs = maxLifetimeMs;
    this.#sessionSettings = [SQL_MODE, `SET SESSION TRANSACTION ISOLATION LEVEL ${isolationLevel.replace("-", " ")}`];
  }

  async acquire(): Promise<PooledConnection> {
    const connection = await this.#pool.getConnection();
    const key = connection.connection;
    const openedAt = this.#openedAt.get(key) ?? performance.now();
    const isNew = !this.#openedAt.has(key);
    if (isNew) {
      for (const setting of this.#sessionSettings) {
        await connection.query(setting).catch((error) => {
          connection.destroy();
          throw error;
        });
      }
      this.#openedAt.set(key, openedAt);
    }
    const isExpired = () => this.#maxLifetimeMs > 0 && performance.now() - openedAt > this.#maxLifetimeMs;
    return new MysqlConnection(connection, isNew, isExpired);
  }

  kindOf(error: unknown): SqlErrorKind {
    if (typeof error === "object" && error !== null && "errno" in error && typeof error.errno === "number") {
      const kind = KINDS.get(error.errno);
      if (kind !== undefined) return kind;
    }
    const code = codeOf(error);
    if (isNetworkError(error) || (typeof code === "string" && code.startsWith("PROTOCOL_"))) return "unavailable";
    const message = error instanceof Error ? error.message : "";
    if (code === "HANDSHAKE_NO_SSL_SUPPORT") return "misconfigured";
    // The driver calls all that goes wrong in a handshake by this one code.
    if (code === "HANDSHAKE_SSL_ERROR") return /ECONN|EPIPE|ETIMEDOUT|disconnected/.test(message) ? "unavailable" : "untrusted";
    return /closed state|connection (is )?closed|connection lost/i.test(message) ? "unavailable" : "other";
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

/** Opens a pool; connections are made on first use. @throws {InvalidArgumentError} for an address that makes no sense */
export async function openMysqlDriver(settings: PoolSettings): Promise<SqlDriver> {
  const address = parseMysqlUri(settings.uri);
  const { default: mysql } = await loadDriver("mysql2", () => import("mysql2/promise"));
  const pool = mysql.createPool({
    ...placeOf(address),
    user: address.user,
    password: address.password,
    database: address.database,
    charset: "utf8mb4",
    multipleStatements: true,
    connectionLimit: settings.maxConnections,
    // Only below the limit does the pool look after idle connections at all.
    maxIdle: Math.min(settings.maxIdleConnections, Math.max(1, settings.maxConnections - 1)),
    idleTimeout: settings.idleTimeoutMs,
    connectTimeout: settings.connectTimeoutMs,
    enableKeepAlive: true,
    ...sslOf(address.tls),
  });
  const place = address.socketPath ?? `${address.host}:${address.port}`;
  return new MysqlDriver(pool, `MySQL at ${place}`, settings);
}

function sslOf(tls: TlsSettings): { readonly ssl?: SslOptions } {
  if (tls.mode === "off") return {};
  const files = readTlsFiles(tls);
  return { ssl: { ...files, rejectUnauthorized: tls.mode !== "encrypt", verifyIdentity: tls.mode === "verify-full" } };
}

function placeOf({ host, port, socketPath }: MysqlAddress): object {
  return socketPath === undefined ? { host, port } : { socketPath };
}
