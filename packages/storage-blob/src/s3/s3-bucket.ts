import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import type { Bucket, BucketFailure, BucketObject } from "../bucket/bucket.ts";
import { classify, fieldOf, networkCode } from "../bucket/bucket-failure.ts";

/** The modules of the AWS SDK, as far as they are used. */
export interface S3Driver {
  readonly s3: Pick<
    typeof import("@aws-sdk/client-s3"),
    "S3Client" | "GetObjectCommand" | "ListObjectsV2Command" | "DeleteObjectCommand"
  >;
  readonly upload: Pick<typeof import("@aws-sdk/lib-storage"), "Upload">;
}

/** 10,000 parts are the most: the largest blob has 160 GB. Up to one part goes as one request. */
const PART_BYTES = 16 << 20;
const PARTS_AT_ONCE = 2;

/** Objects of one bucket of S3. */
export class S3Bucket implements Bucket {
  readonly place: string;
  readonly #driver: S3Driver;
  readonly #client: S3Client;
  readonly #name: string;

  constructor(driver: S3Driver, client: S3Client, { name, place }: { name: string; place: string }) {
    this.#driver = driver;
    this.#client = client;
    this.#name = name;
    this.place = place;
  }

  async put(key: string, chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    const upload = new this.#driver.upload.Upload({
      client: this.#client,
      params: { Bucket: this.#name, Key: key, Body: Readable.from(chunks, { objectMode: false }) },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_ONCE,
    });
    const onAbort = () => void upload.abort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await upload.done();
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  async *get(key: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const command = new this.#driver.s3.GetObjectCommand({ Bucket: this.#name, Key: key });
    const { Body: body } = await this.#client.send(command, { abortSignal: signal });
    if (body instanceof Readable) yield* body as AsyncIterable<Uint8Array>;
  }

  async *list(prefix: string, signal: AbortSignal): AsyncIterable<BucketObject> {
    let token: string | undefined;
    do {
      const place = { Bucket: this.#name, Prefix: prefix, Delimiter: "/" };
      const command = new this.#driver.s3.ListObjectsV2Command({ ...place, ContinuationToken: token });
      const page = await this.#client.send(command, { abortSignal: signal });
      for (const { Key: key, Size: sizeBytes = 0, LastModified: modified } of page.Contents ?? []) {
        if (key !== undefined) yield { key, sizeBytes, modifiedMs: modified?.getTime() ?? 0 };
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async delete(key: string, signal: AbortSignal): Promise<void> {
    const command = new this.#driver.s3.DeleteObjectCommand({ Bucket: this.#name, Key: key });
    await this.#client.send(command, { abortSignal: signal });
  }

  failureOf(error: unknown): BucketFailure {
    const status = fieldOf(fieldOf(error, "$metadata"), "httpStatusCode");
    const name = error instanceof Error ? error.name : "";
    const text = error instanceof Error ? error.message : String(error);
    if (name === "CredentialsProviderError") {
      return { kind: "refused", text: "no access key is configured, and the environment and the machine's role give none" };
    }
    if (typeof status !== "number") return classify({ status: undefined, code: networkCode(error) ?? name, text });
    return classify({ status, code: name, text: name === text ? name : `${name}: ${text}` });
  }

  close(): void {
    this.#client.destroy();
  }
}
