import type { Context } from "hono";
import { readBody } from "./read-body.ts";

/** MIME type of a form without files. */
export const FORM_TYPE = "application/x-www-form-urlencoded";

const MAX_BODY_BYTES = 64 * 1024;

/** Fields of a form without files. @throws {HttpError} 413 for more than 64 KiB, 400 when the caller leaves midway */
export async function readForm(c: Context): Promise<URLSearchParams> {
  return new URLSearchParams(await readBody(c, MAX_BODY_BYTES));
}
