import { type Clock, InvalidArgumentError, systemClock } from "@furze/core";
import type { CacheStore, DataStore } from "@furze/storage";
import { ServerCacheStore } from "./server-cache-store.ts";
import { ServerDataStore } from "./server-data-store.ts";
import { type PoolSettings, poolSettings, type ServerStoreOptions, sessionOptions } from "./server-store-options.ts";
import type { SqlDialect, SqlDriver } from "./sql-driver.ts";
import { SqlSession } from "./sql-session.ts";

export interface ServerCacheStoreOptions extends ServerStoreOptions {
  /** Decides what has expired. Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

/** What makes one kind of server. */
export interface SqlServerKind {
  readonly dialect: SqlDialect;
  readonly openDriver: (settings: PoolSettings) => Promise<SqlDriver>;
}

async function openSession({ dialect, openDriver }: SqlServerKind, options: ServerStoreOptions): Promise<SqlSession> {
  return new SqlSession(await openDriver(poolSettings(options)), dialect, sessionOptions(options));
}

export async function openServerDataStore(kind: SqlServerKind, options: ServerStoreOptions): Promise<DataStore> {
  const prefix = checkServerPrefix(options.tablePrefix ?? "");
  return new ServerDataStore(await openSession(kind, options), prefix);
}

export async function openServerCacheStore(kind: SqlServerKind, options: ServerCacheStoreOptions): Promise<CacheStore> {
  const prefix = checkServerPrefix(options.tablePrefix ?? "");
  return new ServerCacheStore(await openSession(kind, options), prefix, options.clock ?? systemClock);
}

/** Servers cut or refuse names of more than 63 bytes, and those of indexes are longer than the tables'. */
function checkServerPrefix(prefix: string): string {
  if (!/^\w{0,32}$/.test(prefix)) {
    const found = JSON.stringify(prefix);
    throw new InvalidArgumentError("tablePrefix", `tablePrefix may have up to 32 letters, digits and "_", got ${found}`);
  }
  return prefix;
}
