import { InvalidArgumentError } from "@furze/core";
import { type BlobStore, loadDriver } from "@furze/storage";
import { BucketBlobStore } from "../bucket/bucket-blob-store.ts";
import { parseBucketUri } from "../bucket/bucket-uri.ts";
import { checkTimeout, DEFAULT_TIMEOUT_MS } from "../bucket/timeout.ts";
import { AzureBucket } from "./azure-bucket.ts";

export interface AzureBlobStoreOptions {
  /** `az://container/prefix`. The container must exist. */
  readonly uri: string;
  /** As the portal shows it; in place of the three that follow. */
  readonly connectionString?: string | undefined;
  readonly accountName?: string | undefined;
  readonly accountKey?: string | undefined;
  /** Address of the account's blobs. Default `https://{accountName}.blob.core.windows.net`. */
  readonly endpoint?: string | undefined;
  /** Longest time that the service may be silent before a call fails, milliseconds. Default 60,000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Opens a blob store in a container of Azure Blob Storage. Nothing connects before the first call.
 * Blobs of more than 8 MiB go up in blocks, two at a time, and appear when the last is in. Writers of one such name at the same time
 * displace each other's blocks: one of them succeeds, others may get an `UnavailableError` and try again.
 *
 * @throws {UnsupportedError} when `@azure/storage-blob` is not installed
 * @throws {InvalidArgumentError} for an address or endpoint that makes no sense, and without credentials
 */
export async function openAzureBlobStore(options: AzureBlobStoreOptions): Promise<BlobStore> {
  const { bucket, prefix, place } = parseBucketUri(options.uri, "az", "container");
  const timeoutMs = checkTimeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const driver = await loadDriver("@azure/storage-blob", () => import("@azure/storage-blob"));
  const container = openService(driver, options).getContainerClient(bucket);
  return new BucketBlobStore(new AzureBucket(container, place), { prefix, timeoutMs });
}

type AzureDriver = typeof import("@azure/storage-blob");

function openService(driver: AzureDriver, options: AzureBlobStoreOptions) {
  const { connectionString, accountName, accountKey } = options;
  try {
    if (connectionString !== undefined) return driver.BlobServiceClient.fromConnectionString(connectionString);
  } catch {
    // The error of the library may repeat the text, which holds the key.
    throw new InvalidArgumentError("connectionString", "The connection string of Azure is not one that the portal shows.");
  }
  if (accountName === undefined || accountKey === undefined) {
    throw new InvalidArgumentError("accountName", "Azure needs a name and a key of an account, or a connection string.");
  }
  const credential = new driver.StorageSharedKeyCredential(accountName, accountKey);
  const endpoint = options.endpoint ?? `https://${accountName}.blob.core.windows.net`;
  if (URL.parse(endpoint) === null) {
    throw new InvalidArgumentError("endpoint", "The endpoint of Azure must look like https://account.blob.core.windows.net.");
  }
  return new driver.BlobServiceClient(endpoint, credential);
}
