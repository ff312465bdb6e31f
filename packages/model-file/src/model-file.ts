import { createHash } from "node:crypto";
import { endianness } from "node:os";
import type { JsonValue } from "@furze/core";
import { UnsupportedError } from "@furze/core";
import { type ArrayType, arrayAt, arrayTypeOf, bytesPerElement, isArrayType, type ModelArray } from "./array-types.ts";
import { InvalidModelFileError } from "./errors.ts";

/** What a model file holds. */
export interface ModelFile {
  /** Which model this is, such as "als"; readers refuse a file of another kind. */
  readonly kind: string;
  /** Parameters, score, training time and whatever else the kind defines. */
  readonly header: JsonValue;
  /** The numbers by name. */
  readonly arrays: Readonly<Record<string, ModelArray>>;
}

/** What those who write a model may put into its file beside it. */
export interface ModelFileExtras {
  /** JSON of the caller, kept under `extra` in the header: a digest of the data, a model id. Default: null. */
  readonly extra?: JsonValue;
  /** Arrays of the caller, such as the ids behind the indices. Default: none. */
  readonly arrays?: Readonly<Record<string, ModelArray>>;
}

export interface DecodeModelFileOptions {
  /** The kind that the reader can use. Default: any. */
  readonly kind?: string;
}

interface TableEntry {
  readonly name: string;
  readonly type: ArrayType;
  readonly length: number;
  /** From the start of the file, a multiple of 8. */
  readonly offset: number;
}

interface FileHeader {
  readonly kind: string;
  readonly header: JsonValue;
  readonly arrays: readonly TableEntry[];
}

const MAGIC = "FURZ";
const VERSION = 1;
/** Magic, version, length of the JSON header, each 4 bytes, and 4 bytes of zeros. */
const PREFIX_BYTES = 16;
const DIGEST_BYTES = 32;
const ALIGNMENT = 8;

/**
 * Packs a model into one checksummed run of bytes: "FURZ", version, JSON header, little-endian arrays aligned at 8 bytes, SHA-256 of it all.
 * The same input gives the same bytes.
 *
 * @throws {UnsupportedError} on a big-endian machine
 * Cost: one copy and one SHA-256 of the arrays (about 0.5 s per GiB).
 */
export function encodeModelFile(file: ModelFile): Uint8Array<ArrayBuffer> {
  requireLittleEndian();
  const entries = Object.entries(file.arrays);
  const shapes = entries.map(([name, array]) => ({ name, type: arrayTypeOf(array), length: array.length }));
  const { headerBytes, table } = layOut(file, shapes);
  const last = table.at(-1);
  const arraysEnd = last === undefined ? alignUp(PREFIX_BYTES + headerBytes.length) : alignUp(endOf(last));
  const bytes = new Uint8Array(arraysEnd + DIGEST_BYTES);
  const prefix = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  prefix.setUint32(4, VERSION, true);
  prefix.setUint32(8, headerBytes.length, true);
  bytes.set(headerBytes, PREFIX_BYTES);
  for (const [index, [, array]] of entries.entries()) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), table[index]?.offset ?? 0);
  }
  bytes.set(digestOf(bytes.subarray(0, arraysEnd)), arraysEnd);
  return bytes;
}

/**
 * Checks a model file and opens it. Arrays are views of `bytes` where its alignment permits (always when it starts at a multiple of 8).
 *
 * @throws {InvalidModelFileError} saying which check failed: magic, version, length, checksum, header, kind or array
 * @throws {UnsupportedError} on a big-endian machine
 * Cost: one SHA-256 of the bytes; no copies.
 */
export function decodeModelFile(bytes: Uint8Array, options: DecodeModelFileOptions = {}): ModelFile {
  requireLittleEndian();
  checkPrefix(bytes);
  const arraysEnd = bytes.length - DIGEST_BYTES;
  if (!digestOf(bytes.subarray(0, arraysEnd)).equals(bytes.subarray(arraysEnd))) {
    throw new InvalidModelFileError("checksum", "the bytes do not match their SHA-256; the file is damaged or cut short");
  }
  const { kind, header, arrays: table } = parseHeader(bytes, arraysEnd);
  if (options.kind !== undefined && kind !== options.kind) {
    throw new InvalidModelFileError("kind", `expected a model of kind "${options.kind}", found "${kind}"`);
  }
  const arrays = table.map((entry): [string, ModelArray] => {
    if (endOf(entry) > arraysEnd) throw new InvalidModelFileError("array", `array "${entry.name}" ends behind the file`);
    return [entry.name, arrayAt(entry.type, bytes, entry.offset, entry.length)];
  });
  return { kind, header, arrays: Object.fromEntries(arrays) };
}

// The offsets stand in the header, whose length moves the offsets: the header is laid out again until its length settles.
function layOut(
  file: ModelFile,
  shapes: readonly Omit<TableEntry, "offset">[],
): { headerBytes: Uint8Array; table: TableEntry[] } {
  let start = PREFIX_BYTES;
  for (;;) {
    let next = start;
    const table = shapes.map((shape) => {
      const entry: TableEntry = { ...shape, offset: next };
      next = alignUp(endOf(entry));
      return entry;
    });
    const content: FileHeader = { kind: file.kind, header: file.header, arrays: table };
    const headerBytes = new TextEncoder().encode(JSON.stringify(content));
    const settled = alignUp(PREFIX_BYTES + headerBytes.length);
    if (settled <= start) return { headerBytes, table };
    start = settled;
  }
}

function checkPrefix(bytes: Uint8Array): void {
  const found = new TextDecoder("latin1").decode(bytes.subarray(0, MAGIC.length));
  if (found !== MAGIC) throw new InvalidModelFileError("magic", `the file does not start with "${MAGIC}"`);
  if (bytes.length < PREFIX_BYTES + DIGEST_BYTES)
    throw new InvalidModelFileError("length", `${bytes.length} bytes are too few`);
  const version = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  if (version !== VERSION) {
    throw new InvalidModelFileError(
      "version",
      `version ${version} is not supported, only ${VERSION}; a newer release may have written it`,
    );
  }
}

function parseHeader(bytes: Uint8Array, arraysEnd: number): FileHeader {
  const end = PREFIX_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  if (end > arraysEnd) throw new InvalidModelFileError("length", "the header ends behind the file");
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(PREFIX_BYTES, end)));
  } catch (cause) {
    throw new InvalidModelFileError("header", "the header is not JSON", { cause });
  }
  if (!isFileHeader(parsed)) throw new InvalidModelFileError("header", "the header lacks a kind or a table of arrays");
  return parsed;
}

function isFileHeader(value: unknown): value is FileHeader {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("header" in value) || !("arrays" in value))
    return false;
  return typeof value.kind === "string" && Array.isArray(value.arrays) && value.arrays.every(isTableEntry);
}

function isTableEntry(value: unknown): value is TableEntry {
  if (typeof value !== "object" || value === null || !("name" in value) || !("type" in value)) return false;
  if (!("length" in value) || !("offset" in value)) return false;
  return typeof value.name === "string" && isArrayType(value.type) && isCount(value.length) && isCount(value.offset);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function endOf(entry: TableEntry): number {
  return entry.offset + entry.length * bytesPerElement(entry.type);
}

function alignUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function requireLittleEndian(): void {
  if (endianness() !== "LE") throw new UnsupportedError("big-endian", "model files need a little-endian machine");
}
