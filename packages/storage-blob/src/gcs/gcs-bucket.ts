import { addAbortSignal, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Bucket as GcsClientBucket } from "@google-cloud/storage";
import type { Bucket, BucketFailure, BucketObject } from "../bucket/bucket.ts";
import { classify, fieldOf, networkCode } from "../bucket/bucket-failure.ts";

/** Objects of one bucket of Google Cloud Storage. */
export class GcsBucket implements Bucket {
  readonly place: string;
  readonly #bucket: GcsClientBucket;

  constructor(bucket: GcsClientBucket, place: string) {
    this.#bucket = bucket;
    this.place = place;
  }

  async put(key: string, chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    const target = this.#bucket.file(key).createWriteStream({ contentType: "application/octet-stream" });
    await pipeline(Readable.from(chunks, { objectMode: false }), target, { signal });
  }

  async *get(key: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
    yield* addAbortSignal(signal, this.#bucket.file(key).createReadStream({ decompress: false }));
  }

  async *list(prefix: string): AsyncIterable<BucketObject> {
    let pageToken: string | undefined;
    do {
      const query = { prefix, delimiter: "/", autoPaginate: false, ...(pageToken !== undefined && { pageToken }) };
      const [files, next] = await this.#bucket.getFiles(query);
      for (const { name, metadata } of files) {
        yield { key: name, sizeBytes: Number(metadata.size ?? 0), modifiedMs: Date.parse(metadata.updated ?? "") || 0 };
      }
      pageToken = next?.pageToken;
    } while (pageToken !== undefined);
  }

  async delete(key: string): Promise<void> {
    await this.#bucket.file(key).delete();
  }

  failureOf(error: unknown): BucketFailure {
    const code = fieldOf(error, "code") ?? fieldOf(error, "status");
    const status = fieldOf(fieldOf(error, "response"), "status") ?? (Number(code) || undefined);
    const text = error instanceof Error ? error.message : String(error);
    if (/could not load the default credentials/i.test(text)) {
      return { kind: "refused", text: "no file of credentials is configured, and the environment gives none" };
    }
    // Of a bucket that is not there the service says the same as of a missing object, but for its words.
    const word = /bucket.*(not exist|not found)/i.test(text) ? "NoSuchBucket" : undefined;
    if (typeof status === "number") return classify({ status, code: word, text });
    return classify({ status: undefined, code: networkCode(error), text });
  }

  close(): void {
    // Connections are those of the process, and close when they are idle.
  }
}
