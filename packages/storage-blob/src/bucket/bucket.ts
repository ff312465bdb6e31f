/** One object of a bucket. */
export interface BucketObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** What a failed call means. `other` is a fault of ours or of the service's. */
export type BucketFailureKind = "missing-object" | "missing-bucket" | "refused" | "unavailable" | "other";

export interface BucketFailure {
  readonly kind: BucketFailureKind;
  /** One sentence of the service or the network, without what a request carried. */
  readonly text: string;
}

/**
 * A bucket of an object store, as its client library gives it. Calls end when the signal is aborted, in whatever way;
 * `BucketBlobStore` makes errors of Furze of what they throw.
 */
export interface Bucket {
  /** How messages call it: `s3://models/furze`. */
  readonly place: string;
  /** Stores the object under its key once the last chunk is in; until then, and when the chunks fail, the key keeps what it had. */
  put(key: string, chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  get(key: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Objects whose keys begin so. */
  list(prefix: string, signal: AbortSignal): AsyncIterable<BucketObject>;
  /** Deleting what is not there may fail as `missing-object`. */
  delete(key: string, signal: AbortSignal): Promise<void>;
  failureOf(error: unknown): BucketFailure;
  close(): void;
}
