import { InvalidArgumentError } from "@furze/core";

export interface BucketAddress {
  readonly bucket: string;
  /** Begins every key: empty, or ends with a slash. */
  readonly prefix: string;
  /** As messages show it. */
  readonly place: string;
}

/**
 * Parses `scheme://bucket/prefix`; the prefix may be absent, and slashes around it do not count.
 *
 * @throws {InvalidArgumentError} for another scheme and for an address without a bucket; `word` is what the service calls that
 */
export function parseBucketUri(uri: string, scheme: string, word: string): BucketAddress {
  const start = `${scheme}://`;
  if (!uri.startsWith(start)) throw new InvalidArgumentError("uri", `The blob address must begin with ${start}.`);
  const [bucket = "", ...parts] = uri.slice(start.length).split("/");
  if (bucket === "") throw new InvalidArgumentError("uri", `The blob address must include a ${word}: ${start}${word}/prefix.`);
  if (!/^[A-Za-z0-9._-]+$/.test(bucket)) {
    throw new InvalidArgumentError("uri", `The blob address has a ${word} with characters that none may have.`);
  }
  const folders = parts.filter((part) => part !== "");
  const place = [start + bucket, ...folders].join("/");
  return { bucket, prefix: folders.map((folder) => `${folder}/`).join(""), place };
}
