import { type CallOptions, FurzeError, NotFoundError, throwIfAborted, UnavailableError } from "@furze/core";
import type { BlobInfo, BlobStore } from "@furze/storage";
import { checkBlobName, isBlobName } from "../blob-name.ts";
import { BlobSource } from "./blob-source.ts";
import type { Bucket } from "./bucket.ts";
import { CallWatch } from "./call-watch.ts";

export interface BucketBlobStoreOptions {
  /** Begins every key: empty, or ends with a slash. */
  readonly prefix: string;
  /** Longest time that the service may be silent, milliseconds. */
  readonly timeoutMs: number;
}

/** Blobs as the objects of a bucket whose keys are the prefix and a blob's name. */
export class BucketBlobStore implements BlobStore {
  readonly #bucket: Bucket;
  readonly #options: BucketBlobStoreOptions;
  readonly #puts = new Set<Promise<void>>();
  #closing: Promise<void> | undefined;

  constructor(bucket: Bucket, options: BucketBlobStoreOptions) {
    this.#bucket = bucket;
    this.#options = options;
  }

  async put(name: string, content: Uint8Array | AsyncIterable<Uint8Array>, options?: CallOptions): Promise<void> {
    this.#checkCall(options, name);
    const put = this.#put(name, content, options);
    this.#puts.add(put);
    try {
      await put;
    } finally {
      this.#puts.delete(put);
    }
  }

  async *get(name: string, options?: CallOptions): AsyncIterable<Uint8Array> {
    this.#checkCall(options, name);
    using watch = this.#watch(options);
    const chunks = this.#bucket.get(this.#keyOf(name), watch.signal)[Symbol.asyncIterator]();
    try {
      for (;;) {
        watch.resume();
        const { done, value } = await this.#translated(name, watch, () => chunks.next());
        if (done) return;
        watch.pause();
        yield value;
      }
    } finally {
      // A reader that stops early leaves a connection in the middle of an answer. One that hangs is not waited for.
      const ended = chunks.return?.().catch(() => {});
      if (!watch.signal.aborted) await ended;
    }
  }

  async list(options?: CallOptions): Promise<BlobInfo[]> {
    this.#checkCall(options);
    using watch = this.#watch(options);
    return await this.#translated(undefined, watch, async () => {
      const infos: BlobInfo[] = [];
      const { prefix } = this.#options;
      for await (const { key, sizeBytes, modifiedMs } of this.#bucket.list(prefix, watch.signal)) {
        const name = key.slice(prefix.length);
        if (isBlobName(name)) infos.push({ name, sizeBytes, modifiedMs });
        watch.resume();
      }
      return infos.sort((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  async delete(name: string, options?: CallOptions): Promise<void> {
    this.#checkCall(options, name);
    using watch = this.#watch(options);
    try {
      await this.#translated(name, watch, () => this.#bucket.delete(this.#keyOf(name), watch.signal));
    } catch (error) {
      if (!(FurzeError.is(error) && error.code === "NOT_FOUND")) throw error;
    }
  }

  close(): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#puts).then(() => this.#bucket.close());
    return this.#closing;
  }

  async #put(name: string, content: Uint8Array | AsyncIterable<Uint8Array>, options: CallOptions | undefined): Promise<void> {
    using watch = this.#watch(options);
    const source = new BlobSource(content, watch);
    try {
      await this.#translated(undefined, watch, () => this.#bucket.put(this.#keyOf(name), source.chunks(), watch.signal));
    } catch (error) {
      throw source.failure === undefined ? error : source.failure.error;
    }
  }

  #watch(options: CallOptions | undefined): CallWatch {
    return new CallWatch({ timeoutMs: this.#options.timeoutMs, place: this.#bucket.place, signal: options?.signal });
  }

  /** @param name of the blob that may be missing; without one, only the bucket may */
  async #translated<T>(name: string | undefined, watch: CallWatch, run: () => Promise<T>): Promise<T> {
    try {
      return await watch.race(run());
    } catch (error) {
      throw watch.signal.aborted ? watch.reason : toStoreError(error, name, this.#bucket);
    }
  }

  #keyOf(name: string): string {
    return this.#options.prefix + name;
  }

  #checkCall(options: CallOptions | undefined, name?: string): void {
    throwIfAborted(options?.signal);
    if (this.#closing !== undefined) throw new UnavailableError("The blob store is closed.", { retryable: false });
    if (name !== undefined) checkBlobName(name);
  }
}

/** Errors of client libraries carry requests with signatures and tokens: only their text goes on. */
function toStoreError(error: unknown, name: string | undefined, bucket: Bucket): unknown {
  if (FurzeError.is(error)) return error;
  const { kind, text } = bucket.failureOf(error);
  const cause = new Error(text);
  switch (kind === "missing-object" && name === undefined ? "missing-bucket" : kind) {
    case "missing-object":
      return new NotFoundError("blob", name ?? "", { cause });
    case "missing-bucket":
      return new UnavailableError(`${bucket.place} does not exist: create it first (${text})`, { cause, retryable: false });
    case "refused":
      return new UnavailableError(`${bucket.place} refuses the credentials or the access: ${text}`, {
        cause,
        retryable: false,
      });
    case "unavailable":
      return new UnavailableError(`${bucket.place} cannot be reached: ${text}`, { cause });
    case "other":
      return new FurzeError("INTERNAL", `${bucket.place}: ${text}`, { cause });
  }
}
