import { crc32 } from "node:zlib";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { ListEntry, RankedList } from "./cache-store.ts";
import { NameSets, readNameSets } from "./name-sets.ts";

/**
 * Stored form of a ranked list:
 * version and CRC-32 of the rest (4 bytes each), time, digest, model id, dictionaries of names and of sets of names, number of
 * entries; then column by column: scores (float32 where that is exact, else float64), category set, source set, length of the id in
 * UTF-16 units (1, 2 or 4 bytes each); whether the ids are ASCII; the ids in UTF-8, one after another, decoded at one stroke.
 * Items share few combinations of categories and sources, so an entry costs 7 to 11 bytes plus its id.
 */
const VERSION = 2;
const HEADER_BYTES = 8;
/** The first bytes of an encoded list, by which it can be told from another: what it says of all the others is their checksum. */
export const LIST_STAMP_BYTES: number = HEADER_BYTES;
/** One for all lists: a new buffer for each would cost more than the encoding. */
const scratch = new ByteWriter();

/** Encodes a list, entries in their order. Cost: O(entries). */
export function encodeList(list: RankedList): Uint8Array {
  const { entries } = list;
  const sets = new NameSets();
  const categories = entries.map((entry) => sets.indexOf(entry.categories));
  const sources = entries.map((entry) => sets.indexOf(entry.sources));
  const ids = entries.map((entry) => entry.id).join("");
  const writer = scratch;
  writer.clear();
  writer.uint32(VERSION);
  writer.uint32(0);
  writer.float64(list.updatedMs);
  writer.text(list.digest);
  writer.text(list.modelId);
  sets.write(writer);
  writer.uint(entries.length);
  writer.floatColumn(entries.map((entry) => entry.score));
  writer.uintColumn(categories);
  writer.uintColumn(sources);
  writer.uintColumn(entries.map((entry) => entry.id.length));
  writer.uint(Buffer.byteLength(ids) === ids.length ? 1 : 0);
  writer.lastText(ids);
  const bytes = writer.bytes();
  bytes.writeUInt32LE(crc32(bytes.subarray(HEADER_BYTES)), 4);
  return Buffer.from(bytes);
}

/**
 * Decodes what `encodeList` wrote. Entries with the same categories (or sources) share one array. Cost: O(entries).
 *
 * @returns `undefined` for damaged bytes or another version: such a list is treated as missing and made anew
 */
export function decodeList(bytes: Uint8Array): RankedList | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  if (header.getUint32(0, true) !== VERSION) return undefined;
  if (header.getUint32(4, true) !== crc32(bytes.subarray(HEADER_BYTES))) return undefined;
  try {
    return readList(new ByteReader(bytes, HEADER_BYTES));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readList(reader: ByteReader): RankedList {
  const updatedMs = reader.float64();
  const digest = reader.text();
  const modelId = reader.text();
  const sets = readNameSets(reader);
  const size = reader.uint();
  const scores = reader.floatColumn(size);
  const categorySets = reader.uintColumn(size);
  const sourceSets = reader.uintColumn(size);
  const lengths = reader.uintColumn(size);
  const ids = reader.lastText(reader.uint() === 1);
  const entries = new Array<ListEntry>(size);
  let start = 0;
  for (let index = 0; index < size; index++) {
    const end = start + (lengths[index] ?? 0);
    const categories = sets[categorySets[index] ?? 0];
    const sources = sets[sourceSets[index] ?? 0];
    if (categories === undefined || sources === undefined) throw new RangeError(`entry ${index} names no set`);
    entries[index] = { id: ids.slice(start, end), score: scores[index] ?? 0, categories, sources };
    start = end;
  }
  return { entries, updatedMs, digest, modelId };
}
