import type { ConnectionOptions } from "node:tls";
import { loadDriver } from "@furze/storage";
import type { CustomTypesConfig, Pool, PoolClient, QueryArrayConfig } from "pg";
import { codeOf, isNetworkError } from "../server/network-errors.ts";
import type { PoolSettings } from "../server/server-store-options.ts";
import type { PooledConnection, SqlDriver, SqlErrorKind, SqlResult, SqlValue } from "../server/sql-driver.ts";
import { isCertificateCode, readTlsFiles, type TlsSettings } from "../server/tls-settings.ts";
import { textArray } from "./postgres-arrays.ts";
import { parsePostgresUri } from "./postgres-uri.ts";

/** Object ids of types whose text is a number that a double holds. */
const NUMBER_OIDS: ReadonlySet<number> = new Set([20, 21, 23, 700, 701]);

/**
 * Every ordered read here has an index in its order and stops early. A planner that misjudges a filter would rather read and sort the
 * whole table, for each batch of a scan again. Compiling statements costs more than these short ones take. A statement must see what the
 * locks before it in its transaction have waited for.
 */
const SESSION_SETTINGS =
  "SET enable_sort = off; SET enable_incremental_sort = off; SET jit = off; SET default_transaction_isolation = 'read committed'";

/** More shapes of statement than this are not prepared. */
const MAX_PREPARED = 256;

/** The texts of statements in the form of PostgreSQL, and the names under which each connection prepares them. */
class Statements {
  readonly #known = new Map<string, { readonly text: string; readonly name: string | undefined }>();

  get(sql: string): { readonly text: string; readonly name: string | undefined } {
    const known = this.#known.get(sql);
    if (known !== undefined) return known;
    let position = 0;
    const text = sql.replace(/\?/g, () => `$${++position}`);
    if (this.#known.size >= MAX_PREPARED) return { text, name: undefined };
    const statement = { text, name: `furze_${this.#known.size}` };
    this.#known.set(sql, statement);
    return statement;
  }
}

class PostgresConnection implements PooledConnection {
  readonly #client: PoolClient;
  readonly #statements: Statements;
  readonly #isSpare: () => boolean;
  readonly isNew: boolean;

  constructor(client: PoolClient, statements: Statements, isNew: boolean, isSpare: () => boolean) {
    this.isNew = isNew;
    this.#client = client;
    this.#statements = statements;
    this.#isSpare = isSpare;
  }

  async query(sql: string, parameters?: readonly SqlValue[]): Promise<SqlResult> {
    if (parameters === undefined || parameters.length === 0) {
      const { rows, rowCount } = await this.#client.query<unknown[]>({ text: sql, rowMode: "array" });
      return { rows, changes: rowCount ?? 0 };
    }
    const { text, name } = this.#statements.get(sql);
    const values = parameters.map((value) => (Array.isArray(value) ? textArray(value as readonly string[]) : value));
    const query: QueryArrayConfig = { text, values, rowMode: "array", ...(name === undefined ? {} : { name }) };
    const { rows, rowCount } = await this.#client.query<unknown[]>(query);
    return { rows, changes: rowCount ?? 0 };
  }

  release(isBroken: boolean): void {
    this.#client.removeAllListeners("error");
    this.#client.release(isBroken || this.#isSpare());
  }
}

class PostgresDriver implements SqlDriver {
  readonly place: string;
  readonly #pool: Pool;
  readonly #maxIdle: number;
  readonly #statements = new Statements();
  /** Connections that have their settings. */
  readonly #prepared = new WeakSet<PoolClient>();

  constructor(pool: Pool, place: string, maxIdle: number) {
    this.#pool = pool;
    this.#maxIdle = maxIdle;
    this.place = place;
  }

  async acquire(): Promise<PooledConnection> {
    const client = await this.#pool.connect();
    // The call in flight fails by itself; without a listener the loss of the connection would end the process.
    client.on("error", () => {});
    const isNew = !this.#prepared.has(client);
    if (isNew) {
      try {
        await client.query(SESSION_SETTINGS);
      } catch (error) {
        client.release(true);
        throw error;
      }
      this.#prepared.add(client);
    }
    // A caller that waits takes the connection at once, so it would not be idle.
    const isSpare = () => this.#pool.waitingCount === 0 && this.#pool.idleCount >= this.#maxIdle;
    return new PostgresConnection(client, this.#statements, isNew, isSpare);
  }

  kindOf(error: unknown): SqlErrorKind {
    const code = codeOf(error);
    // First, since EPIPE has the shape of an SQLSTATE.
    if (isNetworkError(error)) return "unavailable";
    if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code)) return kindOfState(code);
    const message = error instanceof Error ? error.message : "";
    if (isCertificateCode(code)) return "untrusted";
    if (/does not support SSL/i.test(message)) return "misconfigured";
    return /Connection terminated|timeout exceeded|timeout expired|not queryable|Client was closed/i.test(message)
      ? "unavailable"
      : "other";
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

/** By SQLSTATE: https://www.postgresql.org/docs/15/errcodes-appendix.html */
function kindOfState(state: string): SqlErrorKind {
  if (state === "40P01" || state === "40001" || state === "55P03") return "conflict";
  if (state === "42P01" || state === "42703") return "unmigrated";
  if (state.startsWith("28") || state === "3D000" || state === "42501" || state === "3F000") return "misconfigured";
  // Connection lost, out of resources, shutting down or starting up, read-only standby.
  return /^(08|53|57P|58|25006)/.test(state) ? "unavailable" : "other";
}

/** Opens a pool; connections are made on first use. @throws {InvalidArgumentError} for an address that makes no sense */
export async function openPostgresDriver(settings: PoolSettings): Promise<SqlDriver> {
  const address = parsePostgresUri(settings.uri);
  const ssl = sslOf(address.tls);
  const { default: pg } = await loadDriver("pg", () => import("pg"));
  const types: CustomTypesConfig = {
    getTypeParser: ((oid: number) =>
      NUMBER_OIDS.has(oid) ? Number : pg.types.getTypeParser(oid)) as CustomTypesConfig["getTypeParser"],
  };
  const pool = new pg.Pool({
    connectionString: address.connectionString,
    ssl,
    max: settings.maxConnections,
    idleTimeoutMillis: settings.idleTimeoutMs,
    maxLifetimeSeconds: settings.maxLifetimeMs / 1000,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    keepAlive: true,
    // Statements that nobody awaits in between go over together; those awaited one by one are as without it.
    pipeline: true,
    application_name: "furze",
    types,
  });
  // Idle connections that break are replaced by the pool.
  pool.on("error", () => {});
  return new PostgresDriver(pool, `PostgreSQL at ${address.place}`, settings.maxIdleConnections);
}

function sslOf(tls: TlsSettings): ConnectionOptions | false {
  if (tls.mode === "off") return false;
  const files = readTlsFiles(tls);
  if (tls.mode === "verify-full") return files;
  return tls.mode === "encrypt" ? { ...files, rejectUnauthorized: false } : { ...files, checkServerIdentity: () => undefined };
}
