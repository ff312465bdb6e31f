import { InvalidArgumentError } from "@furze/core";

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** Where a Redis is and how to log in, read from its URI. */
export interface RedisUri {
  readonly isCluster: boolean;
  readonly isTls: boolean;
  /** One address, or those of a cluster from which the others are learned. */
  readonly addresses: readonly RedisAddress[];
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Number of the database; a cluster has only 0. */
  readonly database: number;
}

/** Schemes that `parseRedisUri` takes. */
export const REDIS_SCHEMES: readonly string[] = ["redis://", "rediss://", "redis+cluster://", "rediss+cluster://"];

const DEFAULT_PORT = 6379;

/**
 * Parses the URI of a Redis: `redis://user:password@host:6379/0`, `rediss://` with TLS, and for clusters
 * `redis+cluster://host:6379?addr=host2:6379&addr=host3:6379` or `rediss+cluster://`. User and password are percent-encoded.
 * The database may stand in the path or in `?db=`. Other parameters are what other drivers take; they have no effect.
 *
 * @throws {InvalidArgumentError} whose message never holds the password
 */
export function parseRedisUri(uri: string): RedisUri {
  const scheme = REDIS_SCHEMES.find((one) => uri.toLowerCase().startsWith(one));
  if (scheme === undefined) {
    const found = /^[a-z][a-z0-9+.-]*:\/\//i.exec(uri)?.[0] ?? "no scheme";
    throw invalid(`begins with ${found}; supported are: ${REDIS_SCHEMES.join(", ")} (for example redis://127.0.0.1:6379/0)`);
  }
  const url = parseUrl(uri);
  if (url.hostname === "") throw invalid(`${scheme} lacks the host`);
  const isCluster = scheme.includes("+cluster");
  const database = databaseOf(url);
  if (isCluster && database !== 0) throw invalid("names a database, but a cluster has only database 0");
  const more = isCluster ? url.searchParams.getAll("addr") : [];
  return {
    isCluster,
    isTls: scheme.startsWith("rediss"),
    addresses: [url.host, ...more].map(parseAddress),
    username: decode(url.username),
    password: decode(url.password),
    database,
  };
}

/** `host:port` of the first address, and how many more there are: for messages. */
export function formatAddresses(addresses: readonly RedisAddress[]): string {
  const [first = { host: "", port: 0 }] = addresses;
  const more = addresses.length > 1 ? ` and ${addresses.length - 1} more` : "";
  return `${first.host.includes(":") ? `[${first.host}]` : first.host}:${first.port}${more}`;
}

function invalid(problem: string): InvalidArgumentError {
  return new InvalidArgumentError("uri", `The Redis address ${problem}.`);
}

function parseUrl(uri: string): URL {
  try {
    return new URL(uri);
  } catch {
    throw invalid("is no URI: special characters in user or password must be percent-encoded, and a port be up to 65535");
  }
}

function databaseOf(url: URL): number {
  const text = url.pathname.replace(/^\//, "") || url.searchParams.get("db") || "0";
  if (!/^\d{1,9}$/.test(text)) throw invalid(`must name the database by its number, got ${JSON.stringify(text)}`);
  return Number(text);
}

function parseAddress(text: string): RedisAddress {
  const match = /^(\[[^\]]+\]|[^:[\]/@]+)(?::(\d{1,5}))?$/.exec(text);
  const port = Number(match?.[2] ?? DEFAULT_PORT);
  if (match?.[1] === undefined || port > 65_535) throw invalid(`needs addr=host:port, got ${JSON.stringify(text)}`);
  return { host: match[1].replace(/^\[|\]$/g, ""), port };
}

function decode(text: string): string | undefined {
  try {
    return text === "" ? undefined : decodeURIComponent(text);
  } catch {
    throw invalid("has a user or password that is not percent-encoded");
  }
}
