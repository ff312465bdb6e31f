import { InvalidModelFileError } from "./errors.ts";

/** A list of strings as two arrays that a model file can hold. */
export interface PackedStrings {
  /** All strings in UTF-8, one after the other. */
  readonly bytes: Uint8Array;
  /** Length of the list + 1: where each string starts, and where the last one ends. */
  readonly offsets: Uint32Array;
}

const MAX_BYTES = 0xffff_ffff;

/**
 * Packs strings, such as the ids of a dictionary.
 *
 * @throws {RangeError} if they take 4 GiB or more
 * Cost: two passes over the strings; 4 bytes a string beyond their text.
 */
export function packStrings(strings: readonly string[]): PackedStrings {
  let total = 0;
  for (const text of strings) total += Buffer.byteLength(text);
  if (total > MAX_BYTES) throw new RangeError(`the strings take ${total} bytes, more than ${MAX_BYTES}`);
  const bytes = Buffer.allocUnsafeSlow(total);
  const offsets = new Uint32Array(strings.length + 1);
  let at = 0;
  for (const [index, text] of strings.entries()) {
    at += bytes.write(text, at);
    offsets[index + 1] = at;
  }
  return { bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, total), offsets };
}

/**
 * Unpacks what `packStrings` packed.
 *
 * @throws {InvalidModelFileError} if the offsets do not fit the bytes
 */
export function unpackStrings(packed: PackedStrings): string[] {
  const { offsets } = packed;
  const bytes = Buffer.from(packed.bytes.buffer, packed.bytes.byteOffset, packed.bytes.byteLength);
  const count = offsets.length - 1;
  if (count < 0 || offsets[0] !== 0 || offsets[count] !== bytes.length) {
    throw new InvalidModelFileError("array", "the offsets of a string list do not fit its bytes");
  }
  const strings: string[] = [];
  for (let index = 0; index < count; index++) {
    const start = offsets[index] ?? 0;
    const end = offsets[index + 1] ?? 0;
    if (end < start) throw new InvalidModelFileError("array", "the offsets of a string list are not ascending");
    strings.push(bytes.toString("utf8", start, end));
  }
  return strings;
}
