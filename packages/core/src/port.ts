import { InvalidArgumentError } from "./errors.ts";

/**
 * Parses a TCP port from text: 0 (any free one) to 65535.
 *
 * @param path names the argument in the error
 * @throws {InvalidArgumentError}
 */
export function parsePort(text: string, path: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError(path, `${path} must be a number from 0 to 65535, got ${JSON.stringify(text)}.`);
  }
  return port;
}
