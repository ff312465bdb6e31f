import { type Clock, InvalidArgumentError, systemClock } from "@furze/core";
import type { CacheStore } from "@furze/storage";
import { RedisCacheStore } from "./redis-cache-store.ts";
import { importDriver, type RedisDriver, type RedisTlsOptions } from "./redis-driver.ts";
import { RedisKeys } from "./redis-keys.ts";
import { RedisSession } from "./redis-session.ts";
import { parseRedisUri } from "./redis-uri.ts";

const DEFAULT_TIMEOUT_MS = 5000;
const DEFAULT_MAX_RETRIES = 3;
const DEFAULT_RETENTION_MS = 365 * 24 * 3_600_000;

export interface RedisCacheStoreOptions {
  /** `redis://`, `rediss://`, `redis+cluster://` or `rediss+cluster://`; see `parseRedisUri`. */
  readonly uri: string;
  /** Begins the name of every key, so that several stores share a database: up to 64 letters, digits, `_`, `.`, `-`. Default none. */
  readonly prefix?: string | undefined;
  /** Name under which `CLIENT LIST` shows the connections, without spaces. Default `furze`; `""` gives none. */
  readonly clientName?: string | undefined;
  /** Decides what has expired. Default: the system's clock. */
  readonly clock?: Clock | undefined;
  /** How long a call waits for Redis before it fails with `UnavailableError`, milliseconds. Default 5,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * Failed attempts to connect after which calls fail, and go on failing at once until Redis is back; 0 or more. Default 3, which
   * takes less than a second where the connection is refused.
   */
  readonly maxRetries?: number | undefined;
  /** How long values and points live after they were last written, milliseconds. Default a year. */
  readonly retentionMs?: number | undefined;
  /** What `rediss` trusts and shows. Default: as Node.js does. */
  readonly tls?: RedisTlsOptions | undefined;
  /** Gives the module `ioredis`. Default: imports it; for bundlers, and for a copy of one's own. */
  readonly loadDriver?: (() => Promise<RedisDriver>) | undefined;
}

/**
 * Opens a cache store in Redis 6 or later, or Valkey, without modules. Nothing is connected before the first call, so opening succeeds
 * while Redis is down; call `migrate()` before the first use. Lost connections come back by themselves.
 * In a cluster, calls over many keys go to all nodes at once.
 *
 * @throws {InvalidArgumentError} for a malformed address or option, or when `ioredis` is not installed
 */
export async function openRedisCacheStore(options: RedisCacheStoreOptions): Promise<CacheStore> {
  const uri = parseRedisUri(options.uri);
  const keys = new RedisKeys(options.prefix ?? "");
  const clientName = options.clientName ?? "furze";
  if (!/^[!-~]*$/.test(clientName)) {
    throw new InvalidArgumentError("clientName", `clientName must be ASCII without spaces, got ${JSON.stringify(clientName)}`);
  }
  const timeoutMs = checkNumber("timeoutMs", options.timeoutMs ?? DEFAULT_TIMEOUT_MS, 1);
  const maxRetries = checkNumber("maxRetries", options.maxRetries ?? DEFAULT_MAX_RETRIES, 0);
  const retentionMs = checkNumber("retentionMs", options.retentionMs ?? DEFAULT_RETENTION_MS, 1);
  const driver = await (options.loadDriver ?? importDriver)();
  const session = new RedisSession(driver, { uri, clientName, timeoutMs, maxRetries, tls: options.tls });
  return new RedisCacheStore(session, keys, { clock: options.clock ?? systemClock, retentionMs });
}

function checkNumber(path: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new InvalidArgumentError(path, `${path} must be a whole number of at least ${least}, got ${value}`);
  }
  return value;
}
