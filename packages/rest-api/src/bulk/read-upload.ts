import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyFileStream } from "@fastify/busboy";
import { badRequest, type HttpError } from "../http-error.ts";

const FIELD = "file";

/**
 * Hands the field `file` of a `multipart/form-data` body to `read` while it arrives; other fields are passed over.
 * A body of another type is the file itself.
 *
 * @returns what `read` returns
 * @throws {HttpError} 400 for a body without such a file, and for one that ends in the middle
 */
export async function readUpload<T>(
  body: AsyncIterable<Uint8Array>,
  contentType: string,
  read: (file: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  if (!/^multipart\/form-data/i.test(contentType)) return read(whole(body));
  let result: Promise<T> | undefined;
  let upload: BusboyFileStream | undefined;
  const giveUp = new AbortController();
  const parser = parserOf(contentType);
  parser.on("file", (field: string, file: BusboyFileStream) => {
    if (field !== FIELD || result !== undefined) {
      file.resume();
      return;
    }
    upload = file;
    result = read(whole(file));
    // The rest of the body is of no interest any more.
    result.catch((error: unknown) => giveUp.abort(error));
  });
  try {
    await pipeline(Readable.from(body), parser, { signal: giveUp.signal });
  } catch (error) {
    upload?.destroy(error as Error);
    // What `read` makes of it tells more: where it was.
    await result;
    throw brokenOff(error);
  }
  if (result === undefined) throw badRequest("http: no such file");
  return result;
}

/** The pieces of a body, of which a sender that leaves midway is to blame. */
async function* whole(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    throw brokenOff(error);
  }
}

function brokenOff(error: unknown): HttpError {
  return badRequest(`unexpected EOF: ${(error as Error).message}`);
}

function parserOf(contentType: string): InstanceType<typeof Busboy> {
  try {
    return new Busboy({ headers: { "content-type": contentType } });
  } catch (error) {
    throw badRequest((error as Error).message);
  }
}
