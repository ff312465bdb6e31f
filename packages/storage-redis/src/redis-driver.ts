import { InvalidArgumentError } from "@furze/core";

export type RedisArgument = string | Buffer;

/** What is used of a connection of ioredis. */
export interface RedisConnection {
  /** Sends one command; texts in the reply come as `Buffer`. */
  callBuffer(name: string, ...args: RedisArgument[]): Promise<unknown>;
  disconnect(): void;
  on(event: "ready", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** What is used of a cluster client of ioredis. */
export interface RedisClusterConnection extends RedisConnection {
  nodes(role: "master"): RedisConnection[];
}

export interface RedisNodeOptions {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly connectionName?: string | undefined;
  readonly connectTimeout: number;
  readonly socketTimeout: number;
  readonly maxRetriesPerRequest: number;
  readonly protocol: 2;
  readonly lazyConnect: true;
  readonly reconnectOnError: (error: Error) => false | 2;
  readonly tls?: RedisTlsOptions | undefined;
}

/** Checked as `node:tls` does. */
export interface RedisTlsOptions {
  /** Certificates of the authorities to trust, PEM. Default: those that Node.js trusts. */
  readonly ca?: string | Buffer | undefined;
  /** Certificate and key of this client, PEM, where the server asks for them. */
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  /** Name that the server's certificate must carry. Default: the host of the address. */
  readonly servername?: string | undefined;
}

export interface RedisStandaloneOptions extends RedisNodeOptions {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly retryStrategy: (attempt: number) => number;
}

export interface RedisClusterOptions {
  readonly lazyConnect: true;
  readonly clusterRetryStrategy: (attempt: number, reason?: Error) => number;
  readonly slotsRefreshTimeout: number;
  readonly dnsLookup?: ((host: string, done: (error: null, address: string) => void) => void) | undefined;
  readonly redisOptions: RedisNodeOptions;
}

/** The module `ioredis`, as far as it is used. */
export interface RedisDriver {
  readonly Redis: new (options: RedisStandaloneOptions) => RedisConnection;
  readonly Cluster: new (nodes: { host: string; port: number }[], options: RedisClusterOptions) => RedisClusterConnection;
}

/** Loads the optional peer. @throws {InvalidArgumentError} when it is not installed */
export async function importDriver(): Promise<RedisDriver> {
  try {
    return await import("ioredis");
  } catch (error) {
    throw new InvalidArgumentError("uri", 'A Redis address needs the package "ioredis": npm install ioredis', { cause: error });
  }
}
