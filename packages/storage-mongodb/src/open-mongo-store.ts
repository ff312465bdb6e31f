import { type Clock, FurzeError, InvalidArgumentError, systemClock } from "@furze/core";
import type { CacheStore, DataStore } from "@furze/storage";
import type { MongoClientOptions } from "mongodb";
import { MongoCacheStore } from "./mongo-cache-store.ts";
import { MongoDataStore } from "./mongo-data-store.ts";
import { importMongoDriver, type MongoDriver } from "./mongo-driver.ts";
import { MongoSession } from "./mongo-session.ts";
import { invalidUri, type MongoUri, parseMongoUri } from "./mongo-uri.ts";

export interface MongoStoreOptions {
  /**
   * `mongodb://user:password@host:27017/database` or `mongodb+srv://`. Parameters behind `?` are the driver's, TLS and pool among them; they
   * win over the options here.
   */
  readonly uri: string;
  /** Begins the name of every collection: up to 32 letters, digits and `_`. Default none. */
  readonly tablePrefix?: string | undefined;
  /** Most connections at once to one server, > 0. Default 10. URI: `maxPoolSize`. */
  readonly maxConnections?: number | undefined;
  /** How long an unused connection is kept, milliseconds. Default 60,000. URI: `maxIdleTimeMS`. */
  readonly idleTimeoutMs?: number | undefined;
  /** How long a connection may take to open, milliseconds. Default 5,000. URI: `connectTimeoutMS`. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long a call goes on trying while no server can be reached, milliseconds. Default 5,000. URI: `serverSelectionTimeoutMS`. */
  readonly retryForMs?: number | undefined;
  /** How long the server may stay silent after a command, milliseconds. Default 120,000. URI: `socketTimeoutMS`. */
  readonly commandTimeoutMs?: number | undefined;
  /** Name under which the server shows the connections. Default `furze`. URI: `appName`. */
  readonly clientName?: string | undefined;
  /** Gives the module `mongodb`. Default: imports it; for bundlers, and for a copy of one's own. */
  readonly loadDriver?: (() => Promise<MongoDriver>) | undefined;
}

export interface MongoCacheStoreOptions extends MongoStoreOptions {
  /** Decides what has expired. Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

const DEFAULT_RETRY_FOR_MS = 5000;

/**
 * Opens a data store in MongoDB 4.4 or later. Nothing is connected before the first call, so opening succeeds while the server is down;
 * call `migrate()` before the first use. Calls are transactions where the server has them, which a replica set and a sharded cluster do.
 *
 * @throws {InvalidArgumentError} for a malformed address or option
 * @throws {UnsupportedError} when the driver is not installed
 */
export async function openMongoDataStore(options: MongoStoreOptions): Promise<DataStore> {
  const prefix = checkPrefix(options.tablePrefix ?? "");
  // Feedback that is acknowledged must outlive a crash.
  const session = await openSession(options, { writeConcern: { w: "majority", journal: true } });
  return new MongoDataStore(session, prefix);
}

/** Opens a cache store in MongoDB; otherwise like `openMongoDataStore`. */
export async function openMongoCacheStore(options: MongoCacheStoreOptions): Promise<CacheStore> {
  const prefix = checkPrefix(options.tablePrefix ?? "");
  return new MongoCacheStore(await openSession(options, {}), prefix, options.clock ?? systemClock);
}

async function openSession(options: MongoStoreOptions, concerns: MongoClientOptions): Promise<MongoSession> {
  const uri = parseMongoUri(options.uri);
  const { MongoClient } = await (options.loadDriver ?? importMongoDriver)();
  const settings: MongoClientOptions = {
    maxPoolSize: checkNumber("maxConnections", options.maxConnections ?? 10, 1),
    maxIdleTimeMS: checkNumber("idleTimeoutMs", options.idleTimeoutMs ?? 60_000, 0),
    connectTimeoutMS: checkNumber("connectTimeoutMs", options.connectTimeoutMs ?? 5000, 1),
    // 0 would mean the driver's half minute.
    serverSelectionTimeoutMS: Math.max(1, checkNumber("retryForMs", options.retryForMs ?? DEFAULT_RETRY_FOR_MS, 0)),
    socketTimeoutMS: checkNumber("commandTimeoutMs", options.commandTimeoutMs ?? 120_000, 1),
    appName: options.clientName ?? "furze",
    ...(["w", "journal", "wtimeoutms"].some((name) => uri.parameters.has(name)) ? {} : concerns),
  };
  const given = Object.entries(settings).filter(([name]) => !uri.parameters.has(name.toLowerCase()));
  const client = createClient(MongoClient, uri, Object.fromEntries(given));
  return new MongoSession(client, { ...uri, retryForMs: client.options.serverSelectionTimeoutMS });
}

function createClient(Client: MongoDriver["MongoClient"], { uri }: MongoUri, settings: MongoClientOptions) {
  try {
    return new Client(uri, settings);
  } catch (error) {
    if (FurzeError.is(error) || !(error instanceof Error)) throw error;
    // Without the cause, and without what might be a part of user or password: the driver repeats what it could not read.
    const isSafe = /^(option|[\w/]+ must be|Password contains)/.test(error.message) && !/=/.test(error.message);
    throw invalidUri(
      isSafe ? `is refused by the driver: ${error.message}` : "is refused by the driver: check hosts and parameters",
    );
  }
}

/** Names of collections have their limits too. */
function checkPrefix(prefix: string): string {
  if (!/^\w{0,32}$/.test(prefix)) {
    const found = JSON.stringify(prefix);
    throw new InvalidArgumentError("tablePrefix", `tablePrefix may have up to 32 letters, digits and "_", got ${found}`);
  }
  return prefix;
}

function checkNumber(path: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new InvalidArgumentError(path, `${path} must be a whole number of at least ${least}, got ${value}`);
  }
  return value;
}
