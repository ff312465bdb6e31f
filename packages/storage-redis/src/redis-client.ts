import type {
  RedisClusterConnection,
  RedisConnection,
  RedisDriver,
  RedisNodeOptions,
  RedisTlsOptions,
} from "./redis-driver.ts";
import type { RedisUri } from "./redis-uri.ts";

const FIRST_DELAY_MS = 50;
const LAST_DELAY_MS = 1000;

export interface RedisClientOptions {
  readonly uri: RedisUri;
  readonly clientName: string;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly tls: RedisTlsOptions | undefined;
  /** Is told the number of each attempt to connect again, and why when that is known. */
  readonly onRetry: (attempt: number, reason: Error | undefined) => void;
}

export interface RedisClient {
  readonly connection: RedisConnection;
  /** The same client, when it is one of a cluster. */
  readonly cluster: RedisClusterConnection | undefined;
}

/** Makes the client without connecting. It connects by itself, again and again, until it is disconnected. */
export function createClient(driver: RedisDriver, options: RedisClientOptions): RedisClient {
  const { uri, timeoutMs } = options;
  const retry = (attempt: number, reason?: Error) => {
    options.onRetry(attempt, reason);
    return retryDelayMs(attempt, Math.random());
  };
  const node = nodeOptions(options);
  if (!uri.isCluster) {
    const { host, port } = uri.addresses[0] ?? { host: "", port: 0 };
    const connection = new driver.Redis({ ...node, host, port, db: uri.database, retryStrategy: retry });
    return { connection, cluster: undefined };
  }
  const cluster = new driver.Cluster(
    uri.addresses.map((address) => ({ ...address })),
    {
      lazyConnect: true,
      clusterRetryStrategy: retry,
      slotsRefreshTimeout: timeoutMs,
      redisOptions: node,
      // A certificate names the host, not the address that it resolves to.
      ...(uri.isTls ? { dnsLookup: (host, done) => done(null, host) } : {}),
    },
  );
  return { connection: cluster, cluster };
}

/** Doubles up to a second; the jitter keeps many processes from coming back at the same moment. @param random 0 to 1 */
export function retryDelayMs(attempt: number, random: number): number {
  const delayMs = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return Math.round(delayMs * (0.5 + random / 2));
}

function nodeOptions({ uri, clientName, timeoutMs, maxRetries, tls }: RedisClientOptions): RedisNodeOptions {
  return {
    ...(uri.username === undefined ? {} : { username: uri.username }),
    ...(uri.password === undefined ? {} : { password: uri.password }),
    ...(clientName === "" ? {} : { connectionName: clientName }),
    ...(uri.isTls ? { tls: tls ?? {} } : {}),
    connectTimeout: timeoutMs,
    // A connection on which nothing comes back is given up and made anew; later than the calls on it, as this cannot tell an answer
    // that was not read yet from none.
    socketTimeout: 2 * timeoutMs,
    maxRetriesPerRequest: maxRetries,
    // Both protocols give the same answers here; this one is understood by proxies too.
    protocol: 2,
    lazyConnect: true,
    // After a failover the old master refuses writes: connect again, to the new one, and send the command there.
    reconnectOnError: (error) => (error.message.startsWith("READONLY") ? 2 : false),
  };
}
