import { type Clock, InvalidArgumentError } from "@furze/core";
import type { BlobStore, CacheStore, DataStore } from "@furze/storage";
import type { AzureBlobStoreOptions } from "@furze/storage-blob/azure";
import type { GcsBlobStoreOptions } from "@furze/storage-blob/gcs";
import type { S3BlobStoreOptions } from "@furze/storage-blob/s3";
import type { ServerStoreOptions } from "@furze/storage-sql";

export interface OpenStoreOptions {
  /** Begins the name of every table or key. Default none. */
  readonly tablePrefix?: string | undefined;
  /** Decides what has expired in a cache store. Default: the system's clock. */
  readonly clock?: Clock | undefined;
  /** Connections to PostgreSQL. Default: as `@furze/storage-sql` has it. */
  readonly postgres?: SqlPoolOptions | undefined;
  /** Connections to MySQL or MariaDB. Default: as `@furze/storage-sql` has it. */
  readonly mysql?: (SqlPoolOptions & Pick<ServerStoreOptions, "isolationLevel">) | undefined;
  /** Name under which Redis, MongoDB and ClickHouse show the connections. Default `furze`. */
  readonly clientName?: string | undefined;
}

export type SqlPoolOptions = Pick<ServerStoreOptions, "maxConnections" | "maxIdleConnections" | "maxLifetimeMs">;

const SQL_SCHEMES = ["sqlite", "postgres", "postgresql", "mysql"];
const MONGO_SCHEMES = ["mongodb", "mongodb+srv"];
const BUCKET_SCHEMES = ["s3", "gs", "az"];
const CLICKHOUSE_SCHEMES = ["clickhouse", "chhttp", "chhttps"];
const REDIS_SCHEMES = ["redis", "rediss", "redis+cluster", "rediss+cluster"];

/**
 * Opens the data store that a URI names; its adapter is loaded only now. Call `migrate()` before the first use.
 *
 * @throws {InvalidArgumentError} for a scheme that no adapter serves, or a malformed URI
 * @throws {UnavailableError} when the store cannot be reached
 */
export async function openDataStore(uri: string, options: OpenStoreOptions = {}): Promise<DataStore> {
  const { tablePrefix, clientName } = options;
  if (schemeOf(uri, MONGO_SCHEMES) !== undefined) {
    const { openMongoDataStore } = await import("@furze/storage-mongodb");
    return openMongoDataStore({ uri, tablePrefix, clientName });
  }
  if (schemeOf(uri, CLICKHOUSE_SCHEMES) !== undefined) {
    const { openClickhouseDataStore } = await import("@furze/storage-clickhouse");
    return openClickhouseDataStore({ uri, tablePrefix, clientName });
  }
  if (schemeOf(uri, SQL_SCHEMES) === undefined) {
    throw unknownScheme("dataStore", uri, [...SQL_SCHEMES, ...MONGO_SCHEMES, ...CLICKHOUSE_SCHEMES]);
  }
  const { openDataStore: open } = await import("@furze/storage-sql");
  return open(uri, { ...poolOf(uri, options), tablePrefix });
}

/** Opens the cache store that a URI names; otherwise like `openDataStore`. */
export async function openCacheStore(uri: string, options: OpenStoreOptions = {}): Promise<CacheStore> {
  const { tablePrefix, clock, clientName } = options;
  if (schemeOf(uri, REDIS_SCHEMES) !== undefined) {
    const { openRedisCacheStore } = await import("@furze/storage-redis");
    return openRedisCacheStore({ uri, prefix: tablePrefix, clock, clientName });
  }
  if (schemeOf(uri, MONGO_SCHEMES) !== undefined) {
    const { openMongoCacheStore } = await import("@furze/storage-mongodb");
    return openMongoCacheStore({ uri, tablePrefix, clock, clientName });
  }
  if (schemeOf(uri, SQL_SCHEMES) === undefined) {
    throw unknownScheme("cacheStore", uri, [...SQL_SCHEMES, ...MONGO_SCHEMES, ...REDIS_SCHEMES]);
  }
  const { openCacheStore: open } = await import("@furze/storage-sql");
  return open(uri, { ...poolOf(uri, options), tablePrefix, clock });
}

/** What buckets need beside their address; see the options of `@furze/storage-blob`. */
export interface OpenBlobStoreOptions {
  readonly s3?: Omit<S3BlobStoreOptions, "uri"> | undefined;
  readonly gcs?: Omit<GcsBlobStoreOptions, "uri"> | undefined;
  readonly azure?: Omit<AzureBlobStoreOptions, "uri"> | undefined;
}

/**
 * Opens the blob store that a URI names: the path of a folder, `s3://bucket/prefix`, `gs://bucket/prefix` or `az://container/prefix`.
 *
 * @throws {InvalidArgumentError} for a scheme that no adapter serves, and options that make no sense
 * @throws {UnsupportedError} when the client library of the bucket is not installed
 */
export async function openBlobStore(uri: string, options: OpenBlobStoreOptions = {}): Promise<BlobStore> {
  switch (schemeOf(uri, BUCKET_SCHEMES)) {
    case "s3":
      return (await import("@furze/storage-blob/s3")).openS3BlobStore({ ...options.s3, uri });
    case "gs":
      return (await import("@furze/storage-blob/gcs")).openGcsBlobStore({ ...options.gcs, uri });
    case "az":
      return (await import("@furze/storage-blob/azure")).openAzureBlobStore({ ...options.azure, uri });
  }
  const hasScheme = /^[a-z][a-z0-9+.-]+:\/\//i.test(uri) && !uri.startsWith("file://");
  if (hasScheme) throw unknownScheme("uri", uri, ["file", ...BUCKET_SCHEMES]);
  return (await import("@furze/storage-blob")).openBlobStore(uri);
}

function poolOf(uri: string, { mysql, postgres }: OpenStoreOptions): OpenStoreOptions["mysql"] {
  return uri.startsWith("mysql:") ? mysql : postgres;
}

function schemeOf(uri: string, schemes: readonly string[]): string | undefined {
  return schemes.find((scheme) => uri.startsWith(`${scheme}://`));
}

/** Names only the scheme: the rest of a URI may hold a password. */
function unknownScheme(path: string, uri: string, schemes: readonly string[]): InvalidArgumentError {
  const found = uri.includes("://") ? `${uri.slice(0, uri.indexOf("://"))}://` : "no scheme";
  const known = schemes.map((scheme) => `${scheme}://`).join(", ");
  return new InvalidArgumentError(path, `no store for ${found}; supported are ${known}`);
}
