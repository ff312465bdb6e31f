import { Readable } from "node:stream";
import type { ContainerClient } from "@azure/storage-blob";
import type { Bucket, BucketFailure, BucketObject } from "../bucket/bucket.ts";
import { classify, fieldOf, networkCode } from "../bucket/bucket-failure.ts";

/** 50,000 blocks are the most: the largest blob has 400 GB. */
const BLOCK_BYTES = 8 << 20;
const BLOCKS_AT_ONCE = 2;

/** Blobs of one container of Azure. */
export class AzureBucket implements Bucket {
  readonly place: string;
  readonly #container: ContainerClient;

  constructor(container: ContainerClient, place: string) {
    this.#container = container;
    this.place = place;
  }

  async put(key: string, chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    const blob = this.#container.getBlockBlobClient(key);
    const { first, rest } = await takeBlock(chunks);
    // One request of its own: blocks of writers of one name that meet would displace each other.
    if (rest === undefined) await blob.upload(first, first.length, { abortSignal: signal });
    else await blob.uploadStream(rest, BLOCK_BYTES, BLOCKS_AT_ONCE, { abortSignal: signal });
  }

  async *get(key: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const answer = await this.#container.getBlobClient(key).download(0, undefined, { abortSignal: signal });
    if (answer.readableStreamBody !== undefined) yield* answer.readableStreamBody as AsyncIterable<Uint8Array>;
  }

  async *list(prefix: string, signal: AbortSignal): AsyncIterable<BucketObject> {
    for await (const blob of this.#container.listBlobsByHierarchy("/", { prefix, abortSignal: signal })) {
      if (blob.kind !== "blob") continue;
      const { contentLength = 0, lastModified } = blob.properties;
      yield { key: blob.name, sizeBytes: contentLength, modifiedMs: lastModified.getTime() };
    }
  }

  async delete(key: string, signal: AbortSignal): Promise<void> {
    await this.#container.deleteBlob(key, { abortSignal: signal });
  }

  failureOf(error: unknown): BucketFailure {
    const status = fieldOf(error, "statusCode");
    const code = fieldOf(error, "code") ?? fieldOf(fieldOf(error, "details"), "errorCode");
    const text = error instanceof Error ? error.message : String(error);
    if (typeof status !== "number") return classify({ status: undefined, code: networkCode(error), text });
    return classify({ status, code: typeof code === "string" ? code : undefined, text });
  }

  close(): void {
    // Connections are those of the process, and close when they are idle.
  }
}

/** Reads up to one block; `rest` is everything again, as a stream, when there is more. */
async function takeBlock(chunks: AsyncIterable<Uint8Array>): Promise<{ first: Buffer; rest: Readable | undefined }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const taken: Uint8Array[] = [];
  let size = 0;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    taken.push(next.value);
    size += next.value.length;
    if (size <= BLOCK_BYTES) continue;
    const everything = async function* () {
      yield* taken;
      yield* { [Symbol.asyncIterator]: () => iterator };
    };
    return { first: Buffer.alloc(0), rest: Readable.from(everything(), { objectMode: false }) };
  }
  return { first: Buffer.concat(taken), rest: undefined };
}
