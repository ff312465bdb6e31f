import { InvalidArgumentError } from "@furze/core";
import { type BlobStore, loadDriver } from "@furze/storage";
import { BucketBlobStore } from "../bucket/bucket-blob-store.ts";
import { parseBucketUri } from "../bucket/bucket-uri.ts";
import { checkTimeout, DEFAULT_TIMEOUT_MS } from "../bucket/timeout.ts";
import { S3Bucket } from "./s3-bucket.ts";

export interface S3BlobStoreOptions {
  /** `s3://bucket/prefix`. The bucket must exist. */
  readonly uri: string;
  /**
   * Where the service is, for one that is not Amazon's: `https://minio.example:9000`. Without a scheme it is `http`, but `https` for
   * hosts of Amazon. Default: Amazon's, by the region.
   */
  readonly endpoint?: string | undefined;
  /** Default `us-east-1`; a bucket of Amazon's that is elsewhere is found all the same, at the price of one more request each time. */
  readonly region?: string | undefined;
  /** Default, with `secretAccessKey`: what the environment, a profile or the role of the machine gives, as for all tools of AWS. */
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  /** Longest time that the service may be silent before a call fails, milliseconds. Default 60,000. */
  readonly timeoutMs?: number | undefined;
}

const AMAZON = /(^|\.)amazonaws\.com(\.cn)?$/;

/**
 * Opens a blob store in a bucket of S3 or of a service that speaks its protocol. Nothing connects before the first call.
 * Large blobs go up in parts of 16 MiB, two at a time, and appear when the last is in.
 *
 * @throws {UnsupportedError} when `@aws-sdk/client-s3` or `@aws-sdk/lib-storage` is not installed
 * @throws {InvalidArgumentError} for an address, endpoint or half a key that makes no sense
 */
export async function openS3BlobStore(options: S3BlobStoreOptions): Promise<BlobStore> {
  const { bucket, prefix, place } = parseBucketUri(options.uri, "s3", "bucket");
  const timeoutMs = checkTimeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const endpoint = parseEndpoint(options.endpoint);
  const credentials = credentialsOf(options);
  const driver = {
    s3: await loadDriver("@aws-sdk/client-s3", () => import("@aws-sdk/client-s3")),
    upload: await loadDriver("@aws-sdk/lib-storage", () => import("@aws-sdk/lib-storage")),
  };
  const client = new driver.s3.S3Client({
    region: options.region ?? "us-east-1",
    followRegionRedirects: true,
    ...(credentials && { credentials }),
    // Other services need not know names of buckets as host names, nor checksums beyond what the protocol had.
    ...(endpoint && { endpoint: endpoint.href, forcePathStyle: !AMAZON.test(endpoint.hostname) }),
    ...(endpoint && { requestChecksumCalculation: "WHEN_REQUIRED", responseChecksumValidation: "WHEN_REQUIRED" }),
  });
  return new BucketBlobStore(new S3Bucket(driver, client, { name: bucket, place }), { prefix, timeoutMs });
}

function parseEndpoint(endpoint: string | undefined): URL | undefined {
  if (endpoint === undefined) return undefined;
  if (/^https?:\/\//i.test(endpoint)) return URL.parse(endpoint) ?? refuseEndpoint();
  const url = URL.parse(`http://${endpoint}`) ?? refuseEndpoint();
  if (AMAZON.test(url.hostname)) url.protocol = "https:";
  return url;
}

function refuseEndpoint(): never {
  throw new InvalidArgumentError("endpoint", "The endpoint of S3 must look like https://host:port.");
}

function credentialsOf({ accessKeyId, secretAccessKey }: S3BlobStoreOptions) {
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId !== undefined && secretAccessKey !== undefined) return { accessKeyId, secretAccessKey };
  throw new InvalidArgumentError("accessKeyId", "S3 needs both an access key and its secret, or neither.");
}
