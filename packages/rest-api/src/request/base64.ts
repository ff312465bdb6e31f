import { badRequest } from "../http-error.ts";

/**
 * Text that a query parameter holds as base64.
 *
 * @param what stands before the message
 * @throws {HttpError} 400 with Go's message
 */
export function decodeBase64(parameter: string, what = ""): string {
  // Clients put it into the address as it is, where a plus sign means a space.
  const text = parameter.replaceAll(" ", "+");
  const body = text.replace(/={0,2}$/, "");
  const stray = body.search(/[^A-Za-z0-9+/]/);
  if (stray >= 0) throw badRequest(`${what}illegal base64 data at input byte ${stray}`);
  if (text.length % 4 !== 0) throw badRequest(`${what}illegal base64 data at input byte ${text.length - (text.length % 4)}`);
  return Buffer.from(text, "base64").toString("utf8");
}
