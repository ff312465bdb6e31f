import { type LeafOptions, leaf, ValueError } from "./leaves.ts";
import type { LeafField } from "./section.ts";
import { textOf } from "./text-leaves.ts";

export interface StoreOptions extends LeafOptions {
  readonly backend: "data" | "cache";
  readonly supported: readonly string[];
}

/** Address of a store, checked by its scheme only: what follows belongs to the driver. */
export function storeUri(key: string, options: StoreOptions): LeafField<string> {
  const parse = (value: unknown): string => {
    const uri = textOf(key, value);
    if (options.supported.some((scheme) => uri.startsWith(scheme) && uri.length > scheme.length)) return uri;
    const supported = options.supported.join(" or ");
    throw new ValueError(`unsupported ${options.backend} storage backend: the address must begin with ${supported}`);
  };
  return leaf(key, "uri", options, parse, (value) => value);
}

/** What an address of the scheme must name first. */
const BUCKET_WORDS: ReadonlyMap<string, string> = new Map([
  ["s3", "bucket"],
  ["gs", "bucket"],
  ["az", "container"],
]);

/** Where model files are kept: the path of a folder, or a bucket. */
export function blobUri(key: string, options: LeafOptions): LeafField<string> {
  const parse = (value: unknown): string => {
    const uri = textOf(key, value);
    if (uri === "") throw new ValueError(`${key} is a required field`);
    const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(uri) ?? [];
    if (scheme === undefined) return uri;
    const word = BUCKET_WORDS.get(scheme);
    if (word === undefined) throw new ValueError(`unsupported blob.uri scheme: ${scheme}`);
    if (/^\/|^$/.test(rest ?? "")) throw new ValueError(`blob.uri must include ${word} for ${scheme}://`);
    return uri;
  };
  return leaf(key, "uri", options, parse, (value) => value);
}
