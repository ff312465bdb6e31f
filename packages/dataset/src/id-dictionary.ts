import { Buffer } from "node:buffer";
import { InvalidArgumentError } from "@furze/core";

/** Flat form of an `IdDictionary` for model files: id `i` is the UTF-8 text `bytes[offsets[i] .. offsets[i + 1])`. */
export interface IdDictionaryArrays {
  readonly bytes: Uint8Array;
  /** Length `size + 1`, ascending, first element 0. */
  readonly offsets: Uint32Array;
  /** Length `size`; how often each id was counted. */
  readonly frequencies: Uint32Array;
}

export interface IdDictionaryOptions {
  /** Number of ids to make room for before the first growth. Default 0. */
  readonly capacity?: number;
}

const MIN_CAPACITY = 16;
const MAX_BYTES = 0xffff_ffff;
/** FNV-1a, 32 bits. */
const FNV_OFFSET = 0x811c_9dc5;
const FNV_PRIME = 0x0100_0193;
const encoder = new TextEncoder();

/**
 * Two-way map between external ids and dense indices 0, 1, 2, ..., with a count per id.
 * Ids are kept as packed UTF-8 bytes under an open-addressing hash table, so it holds tens of millions of ids
 * where a `Map` ends at 16.7 million.
 *
 * Cost: about 20 to 28 bytes an id plus its UTF-8 bytes; `add`, `indexOf` and `idOf` are O(length of the id).
 */
export class IdDictionary {
  #bytes: Uint8Array<ArrayBuffer>;
  #text: Buffer;
  #offsets: Uint32Array<ArrayBuffer>;
  #hashes: Int32Array<ArrayBuffer>;
  #frequencies: Uint32Array<ArrayBuffer>;
  /** Index + 1 of the id in each slot, 0 when free; the length is a power of two. */
  #slots: Int32Array<ArrayBuffer>;
  #size = 0;
  /** UTF-8 bytes of the id being looked up. */
  #key: Uint8Array<ArrayBuffer> = new Uint8Array(1024);
  #keyLength = 0;

  constructor(options: IdDictionaryOptions = {}) {
    const capacity = Math.max(MIN_CAPACITY, options.capacity ?? 0);
    this.#bytes = new Uint8Array(capacity * 8);
    this.#text = Buffer.from(this.#bytes.buffer);
    this.#offsets = new Uint32Array(capacity + 1);
    this.#hashes = new Int32Array(capacity);
    this.#frequencies = new Uint32Array(capacity);
    this.#slots = new Int32Array(slotsFor(capacity));
  }

  /** Number of distinct ids. */
  get size(): number {
    return this.#size;
  }

  /** Bytes held by the arrays of this dictionary, growth reserve included. */
  get sizeBytes(): number {
    return (
      this.#bytes.byteLength +
      this.#offsets.byteLength +
      this.#hashes.byteLength +
      this.#frequencies.byteLength +
      this.#slots.byteLength
    );
  }

  /**
   * Index of an id, given the next free one when it is new.
   *
   * @param count added to the frequency of the id. Default 1; 0 registers an id without counting it.
   * @throws {InvalidArgumentError} if the id is not well-formed Unicode, or more than 4 GiB of ids are held
   */
  add(id: string, count = 1): number {
    const hash = this.#encode(id);
    if (hash === undefined) throw new InvalidArgumentError("id", `${JSON.stringify(id)} is not valid Unicode text`);
    return this.#addKey(hash, count);
  }

  /**
   * Like `add`, for an id that is there as UTF-8: `bytes[start .. end)`. Whether it is valid UTF-8 is not looked at.
   *
   * @throws {InvalidArgumentError} if more than 4 GiB of ids are held
   */
  addBytes(bytes: Uint8Array, start: number, end: number, count = 1): number {
    const length = end - start;
    if (this.#key.length < length) this.#key = new Uint8Array(length);
    const key = this.#key;
    let hash = FNV_OFFSET;
    for (let i = 0; i < length; i++) {
      const byte = bytes[start + i]!;
      key[i] = byte;
      hash = Math.imul(hash ^ byte, FNV_PRIME);
    }
    this.#keyLength = length;
    return this.#addKey(mix(hash), count);
  }

  /** Adds to the frequency of the id at an index. @throws {InvalidArgumentError} if the index is not in [0, size) */
  count(index: number, times = 1): void {
    this.#checkIndex(index);
    this.#frequencies[index]! += times;
  }

  /** Index of an id, -1 when it is unknown. */
  indexOf(id: string): number {
    const hash = this.#encode(id);
    return hash === undefined ? -1 : this.#slots[this.#findSlot(hash)]! - 1;
  }

  has(id: string): boolean {
    return this.indexOf(id) >= 0;
  }

  /**
   * Id at an index.
   *
   * @throws {InvalidArgumentError} if the index is not in [0, size)
   */
  idOf(index: number): string {
    this.#checkIndex(index);
    return this.#text.toString("utf8", this.#offsets[index]!, this.#offsets[index + 1]!);
  }

  /** How often the id at an index was counted. @throws {InvalidArgumentError} if the index is not in [0, size) */
  frequency(index: number): number {
    this.#checkIndex(index);
    return this.#frequencies[index]!;
  }

  /** Ids in index order. */
  *ids(): Generator<string> {
    for (let index = 0; index < this.#size; index++) yield this.idOf(index);
  }

  /** Copies the ids and frequencies into flat arrays. */
  toArrays(): IdDictionaryArrays {
    return {
      bytes: this.#bytes.slice(0, this.#offsets[this.#size]!),
      offsets: this.#offsets.slice(0, this.#size + 1),
      frequencies: this.#frequencies.slice(0, this.#size),
    };
  }

  /**
   * Rebuilds a dictionary; every id gets the index it had.
   *
   * @throws {InvalidArgumentError} if the arrays do not fit together or an id occurs twice
   */
  static fromArrays(arrays: IdDictionaryArrays): IdDictionary {
    const { bytes, offsets, frequencies } = arrays;
    const size = offsets.length - 1;
    if (size < 0 || frequencies.length !== size || offsets[0] !== 0 || offsets[size] !== bytes.length) {
      throw new InvalidArgumentError("offsets", "the arrays of an id dictionary do not fit together");
    }
    const dictionary = new IdDictionary({ capacity: size });
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let index = 0; index < size; index++) {
      if (offsets[index]! > offsets[index + 1]!) throw new InvalidArgumentError("offsets", `offsets[${index + 1}] descends`);
      const added = dictionary.add(text.toString("utf8", offsets[index]!, offsets[index + 1]!), frequencies[index]!);
      if (added !== index) throw new InvalidArgumentError("bytes", `id ${index} of an id dictionary occurs twice`);
    }
    return dictionary;
  }

  /** Index of the id in `#key`, given the next free one when it is new. */
  #addKey(hash: number, count: number): number {
    let slot = this.#findSlot(hash);
    let index = this.#slots[slot]! - 1;
    if (index < 0) {
      // Probe chains stay short while at most three quarters of the slots are taken.
      if ((this.#size + 1) * 4 > this.#slots.length * 3) {
        this.#growSlots(this.#slots.length * 2);
        slot = this.#findSlot(hash);
      }
      index = this.#append(hash);
      this.#slots[slot] = index + 1;
    }
    this.#frequencies[index]! += count;
    return index;
  }

  /** Writes the UTF-8 bytes of an id to `#key` and returns their hash, `undefined` for text that UTF-8 cannot hold. */
  #encode(id: string): number | undefined {
    const length = id.length;
    if (this.#key.length < length * 3) this.#key = new Uint8Array(length * 3);
    const key = this.#key;
    let hash = FNV_OFFSET;
    for (let i = 0; i < length; i++) {
      const code = id.charCodeAt(i);
      if (code > 127) return this.#encodeUnicode(id);
      key[i] = code;
      hash = Math.imul(hash ^ code, FNV_PRIME);
    }
    this.#keyLength = length;
    return mix(hash);
  }

  #encodeUnicode(id: string): number | undefined {
    if (!id.isWellFormed()) return undefined;
    const key = this.#key;
    const { written } = encoder.encodeInto(id, key);
    let hash = FNV_OFFSET;
    for (let i = 0; i < written; i++) hash = Math.imul(hash ^ key[i]!, FNV_PRIME);
    this.#keyLength = written;
    return mix(hash);
  }

  /** Slot that holds `#key`, or the free one where it belongs. */
  #findSlot(hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const index = slots[slot]! - 1;
      if (index < 0 || (this.#hashes[index] === hash && this.#equalsKey(index))) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #equalsKey(index: number): boolean {
    const start = this.#offsets[index]!;
    const length = this.#keyLength;
    if (this.#offsets[index + 1]! - start !== length) return false;
    const bytes = this.#bytes;
    const key = this.#key;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== key[i]) return false;
    return true;
  }

  #append(hash: number): number {
    const index = this.#size;
    const start = this.#offsets[index]!;
    const end = start + this.#keyLength;
    if (end > MAX_BYTES) throw new InvalidArgumentError("id", "an id dictionary holds at most 4 GiB of ids");
    if (index === this.#hashes.length) this.#growIds();
    if (end > this.#bytes.length) {
      this.#bytes = grown(this.#bytes, Math.min(MAX_BYTES, Math.max(end, this.#bytes.length + (this.#bytes.length >>> 1))));
      this.#text = Buffer.from(this.#bytes.buffer);
    }
    for (let i = 0; i < this.#keyLength; i++) this.#bytes[start + i] = this.#key[i]!;
    this.#offsets[index + 1] = end;
    this.#hashes[index] = hash;
    this.#size = index + 1;
    return index;
  }

  #growIds(): void {
    const capacity = this.#hashes.length + (this.#hashes.length >>> 1);
    this.#offsets = grown(this.#offsets, capacity + 1);
    this.#hashes = grown(this.#hashes, capacity);
    this.#frequencies = grown(this.#frequencies, capacity);
  }

  #growSlots(numSlots: number): void {
    const slots = new Int32Array(numSlots);
    const mask = numSlots - 1;
    for (let index = 0; index < this.#size; index++) {
      let slot = this.#hashes[index]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.#slots = slots;
  }

  #checkIndex(index: number): void {
    if (!(Number.isInteger(index) && index >= 0 && index < this.#size)) {
      throw new InvalidArgumentError("index", `index ${index} is not in [0, ${this.#size})`);
    }
  }
}

/** Spreads the weak low bits of FNV-1a over the whole word (the finisher of MurmurHash3). */
function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85eb_ca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}

function slotsFor(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(Math.ceil((capacity * 4) / 3) + 1));
}

function grown<T extends Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(
  array: T,
  length: number,
): T {
  const larger = new (array.constructor as new (length: number) => T)(length);
  larger.set(array);
  return larger;
}
