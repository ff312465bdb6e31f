import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AbortError, type CallOptions, FurzeError, NotFoundError, throwIfAborted, UnavailableError } from "@furze/core";
import type { BlobInfo, BlobStore } from "@furze/storage";
import { checkBlobName, isBlobName } from "./blob-name.ts";

const CHUNK_BYTES = 1 << 20;
/** Unfinished files begin with this, which no name may. */
const UNFINISHED = ".unfinished-";

/** Blobs as files of one folder. */
export class LocalBlobStore implements BlobStore {
  readonly #folder: string;
  readonly #puts = new Set<Promise<void>>();
  #isClosed = false;

  /** @param folder created by the first `put` */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async put(name: string, content: Uint8Array | AsyncIterable<Uint8Array>, options?: CallOptions): Promise<void> {
    this.#checkCall(name, options);
    const put = this.#write(name, content, options);
    this.#puts.add(put);
    try {
      await put;
    } catch (error) {
      throw this.#toStoreError(error, name);
    } finally {
      this.#puts.delete(put);
    }
  }

  async *get(name: string, options?: CallOptions): AsyncIterable<Uint8Array> {
    this.#checkCall(name, options);
    try {
      const signal = options?.signal;
      yield* createReadStream(join(this.#folder, name), { highWaterMark: CHUNK_BYTES, ...(signal && { signal }) });
    } catch (error) {
      throw this.#toStoreError(error, name);
    }
  }

  async list(options?: CallOptions): Promise<BlobInfo[]> {
    this.#checkCall(undefined, options);
    const infos = await Promise.all((await this.#names()).map((name) => this.#info(name)));
    return infos.filter((info) => info !== undefined);
  }

  async delete(name: string, options?: CallOptions): Promise<void> {
    this.#checkCall(name, options);
    try {
      await rm(join(this.#folder, name), { force: true });
    } catch (error) {
      throw this.#toStoreError(error, name);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#puts);
  }

  /** Content, then name: after a crash the folder has the old or the new blob under the name, whole. */
  async #write(name: string, content: Uint8Array | AsyncIterable<Uint8Array>, options: CallOptions | undefined): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const unfinished = join(this.#folder, `${UNFINISHED}${randomUUID()}`);
    try {
      const file = await open(unfinished, "wx");
      try {
        for await (const chunk of content instanceof Uint8Array ? [content] : fromSource(content)) {
          throwIfAborted(options?.signal);
          await file.writeFile(chunk);
        }
        await file.sync();
      } finally {
        await file.close();
      }
      throwIfAborted(options?.signal);
      await rename(unfinished, join(this.#folder, name));
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
    await syncFolder(this.#folder);
  }

  async #names(): Promise<string[]> {
    try {
      const files = await readdir(this.#folder, { withFileTypes: true });
      return files
        .filter((file) => file.isFile() && isBlobName(file.name))
        .map((file) => file.name)
        .sort();
    } catch (error) {
      if (errorCode(error) === "ENOENT") return [];
      throw this.#toStoreError(error, "");
    }
  }

  /** `undefined` for a blob that was deleted meanwhile. */
  async #info(name: string): Promise<BlobInfo | undefined> {
    try {
      const { size, mtimeMs } = await stat(join(this.#folder, name));
      return { name, sizeBytes: size, modifiedMs: Math.floor(mtimeMs) };
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      throw this.#toStoreError(error, name);
    }
  }

  #checkCall(name: string | undefined, options: CallOptions | undefined): void {
    throwIfAborted(options?.signal);
    if (this.#isClosed) throw new UnavailableError("The blob store is closed.", { retryable: false });
    if (name !== undefined) checkBlobName(name);
  }

  #toStoreError(error: unknown, name: string): unknown {
    if (error instanceof SourceError) return error.cause;
    if (FurzeError.is(error)) return error;
    const code = errorCode(error);
    if (code === "ABORT_ERR") return new AbortError(undefined, { cause: error });
    if (code === "ENOENT") return new NotFoundError("blob", name, { cause: error });
    return new UnavailableError(
      `The blob folder ${this.#folder} cannot be used (${code}): check that it is a writable folder.`,
      {
        cause: error,
      },
    );
  }
}

/** Carries what the caller's own content threw past the mapping of file errors. */
class SourceError extends Error {}

async function* fromSource(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    throw new SourceError("the content of a blob failed", { cause: error });
  }
}

function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Makes the rename survive a power cut; systems that cannot open a folder, such as Windows, do without. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch {
    // The blob itself is written; only its name may be lost in a power cut.
  }
}
