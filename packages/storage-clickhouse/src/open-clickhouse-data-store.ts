import { InvalidArgumentError } from "@furze/core";
import { type DataStore, loadDriver } from "@furze/storage";
import { ClickhouseDataStore } from "./clickhouse-data-store.ts";
import { ClickhouseSession } from "./clickhouse-session.ts";
import { parseClickhouseUri } from "./clickhouse-uri.ts";

export interface ClickhouseDataStoreOptions {
  /** `clickhouse://user:password@host:8123/database`, `chhttp://` (the same), or `chhttps://` with TLS (port 8443). */
  readonly uri: string;
  /** Begins the name of every table: up to 64 letters, digits and `_`. Default none. */
  readonly tablePrefix?: string | undefined;
  /** Name under which the server's logs show the connections. Default `furze`. */
  readonly clientName?: string | undefined;
  /** Most connections at once, > 0. Default 10. */
  readonly maxConnections?: number | undefined;
  /** How long a call goes on trying while the server cannot be reached, milliseconds. Default 5,000. */
  readonly retryForMs?: number | undefined;
  /** Longest time one statement may take, milliseconds. Default 120,000. */
  readonly statementTimeoutMs?: number | undefined;
}

/** Level of the client at which it logs nothing: libraries are silent. */
const LOG_NOTHING = 127;

/**
 * Opens a data store on ClickHouse, over its HTTP interface. Call `migrate()` before the first use. Nothing is connected before the
 * first call.
 *
 * @throws {InvalidArgumentError} for a malformed address or option
 * @throws {UnsupportedError} when `@clickhouse/client` is not installed
 */
export async function openClickhouseDataStore(options: ClickhouseDataStoreOptions): Promise<DataStore> {
  const { url, database, username, password, settings, place } = parseClickhouseUri(options.uri);
  const prefix = options.tablePrefix ?? "";
  if (!/^\w{0,64}$/.test(prefix)) {
    const found = JSON.stringify(prefix);
    throw new InvalidArgumentError("tablePrefix", `tablePrefix may have up to 64 letters, digits and "_", got ${found}`);
  }
  const statementTimeoutMs = options.statementTimeoutMs ?? 120_000;
  const { createClient } = await loadDriver("@clickhouse/client", () => import("@clickhouse/client"));
  const client = createClient({
    ...{ url, database, username, password, clickhouse_settings: settings },
    application: options.clientName ?? "furze",
    max_open_connections: options.maxConnections ?? 10,
    request_timeout: statementTimeoutMs,
    log: { level: LOG_NOTHING },
  });
  return new ClickhouseDataStore(
    new ClickhouseSession(client, { place, retryForMs: options.retryForMs ?? 5_000, statementTimeoutMs }),
    prefix,
  );
}
