import type { Context } from "hono";
import { badRequest, HttpError } from "../http-error.ts";

/**
 * The body as text, read only as far as the limit allows.
 *
 * @throws {HttpError} 413 when it is larger than `maxBytes`, before it is held in memory; 400 when the caller leaves midway
 */
export async function readBody(c: Context, maxBytes: number): Promise<string> {
  const declared = c.req.header("content-length");
  // The HTTP parser has checked that this is a number, and it passes no byte beyond it.
  if (declared !== undefined && Number(declared) > maxBytes) throw tooLarge(maxBytes);
  try {
    return await (declared === undefined ? readStream(c, maxBytes) : c.req.text());
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw badRequest("unexpected EOF");
  }
}

async function readStream(c: Context, maxBytes: number): Promise<string> {
  const { body } = c.req.raw;
  if (body === null) return "";
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function tooLarge(maxBytes: number): HttpError {
  return new HttpError(413, `request body is larger than ${maxBytes} bytes`);
}
