import { access, constants } from "node:fs/promises";
import { InvalidArgumentError } from "@furze/core";
import { type BlobStore, loadDriver } from "@furze/storage";
import { BucketBlobStore } from "../bucket/bucket-blob-store.ts";
import { parseBucketUri } from "../bucket/bucket-uri.ts";
import { checkTimeout, DEFAULT_TIMEOUT_MS } from "../bucket/timeout.ts";
import { GcsBucket } from "./gcs-bucket.ts";

export interface GcsBlobStoreOptions {
  /** `gs://bucket/prefix`. The bucket must exist. */
  readonly uri: string;
  /** Path of the JSON file of a service account or a user. Default: the application's default credentials, as for all tools of Google Cloud. */
  readonly credentialsFile?: string | undefined;
  /** Another address of the service, asked without credentials: an emulator. Default: Google's. */
  readonly endpoint?: string | undefined;
  /** Longest time that the service may be silent before a call fails, milliseconds. Default 60,000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Opens a blob store in a bucket of Google Cloud Storage. Nothing connects before the first call.
 * Blobs go up by the resumable protocol and appear when the last byte is in.
 *
 * @throws {UnsupportedError} when `@google-cloud/storage` is not installed
 * @throws {InvalidArgumentError} for an address or endpoint that makes no sense, and a file of credentials that cannot be read
 */
export async function openGcsBlobStore(options: GcsBlobStoreOptions): Promise<BlobStore> {
  const { bucket, prefix, place } = parseBucketUri(options.uri, "gs", "bucket");
  const timeoutMs = checkTimeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const { credentialsFile, endpoint } = options;
  if (endpoint !== undefined && URL.parse(endpoint) === null) {
    throw new InvalidArgumentError("endpoint", "The endpoint of Google Cloud Storage must look like http://host:port.");
  }
  if (credentialsFile !== undefined) await checkReadable(credentialsFile);
  const { Storage } = await loadDriver("@google-cloud/storage", () => import("@google-cloud/storage"));
  const client = new Storage({
    ...(credentialsFile !== undefined && { keyFilename: credentialsFile }),
    ...(endpoint !== undefined && { apiEndpoint: endpoint, projectId: "emulator" }),
  });
  return new BucketBlobStore(new GcsBucket(client.bucket(bucket), place), { prefix, timeoutMs });
}

async function checkReadable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    throw new InvalidArgumentError("credentialsFile", `The file of credentials ${path} cannot be read.`, { cause: error });
  }
}
