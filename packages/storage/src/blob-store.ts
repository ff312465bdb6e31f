import type { CallOptions } from "@furze/core";

export interface BlobInfo {
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** Where model files live. Names are `[A-Za-z0-9._-]+`. */
export interface BlobStore {
  /** Replaces the blob as one step: a reader sees the old or the new content, never a part. */
  put(name: string, content: Uint8Array | AsyncIterable<Uint8Array>, options?: CallOptions): Promise<void>;
  /** Content in chunks. @throws {NotFoundError} */
  get(name: string, options?: CallOptions): AsyncIterable<Uint8Array>;
  list(options?: CallOptions): Promise<BlobInfo[]>;
  /** Deleting what is not there is no error. */
  delete(name: string, options?: CallOptions): Promise<void>;
  close(): Promise<void>;
}
