import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** Stands in no checked text, so that a set of names and its joined form are one to one. */
const SEPARATOR = "\0";

/** Numbers every distinct sequence of names, and every name in them, for a compact form of many repetitive sequences. */
export class NameSets {
  readonly #names = new Map<string, number>();
  readonly #byKey = new Map<string, number>();
  /** Spares the key where entries share one array, as those of one item do. */
  readonly #byArray = new Map<readonly string[], number>();
  readonly #sets: (readonly string[])[] = [];

  indexOf(set: readonly string[]): number {
    const sameArray = this.#byArray.get(set);
    if (sameArray !== undefined) return sameArray;
    const index = this.#indexOfNames(set);
    this.#byArray.set(set, index);
    return index;
  }

  write(writer: ByteWriter): void {
    writer.uint32(this.#names.size);
    for (const name of this.#names.keys()) writer.text(name);
    writer.uint32(this.#sets.length);
    writer.uintColumn(this.#sets.map((set) => set.length));
    writer.uintColumn(this.#sets.flatMap((set) => set.map((name) => this.#names.get(name) ?? 0)));
  }

  #indexOfNames(set: readonly string[]): number {
    const key = set.length === 0 ? "" : `${set.length}${SEPARATOR}${set.join(SEPARATOR)}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    for (const name of set) if (!this.#names.has(name)) this.#names.set(name, this.#names.size);
    this.#byKey.set(key, this.#sets.length);
    return this.#sets.push(set) - 1;
  }
}

/** Reads what `NameSets` wrote. @throws {RangeError} for bytes that make no sense */
export function readNameSets(reader: ByteReader): string[][] {
  const numNames = reader.uint32();
  const names: string[] = [];
  // Each read takes at least four bytes or throws, so a damaged count ends with the bytes.
  for (let index = 0; index < numNames; index++) names.push(reader.text());
  const sizes = reader.uintColumn(reader.uint32());
  let numMembers = 0;
  for (const size of sizes) numMembers += size;
  const members = reader.uintColumn(numMembers);
  const sets: string[][] = [];
  let start = 0;
  for (const size of sizes) {
    const set: string[] = [];
    for (const member of members.subarray(start, start + size)) {
      const name = names[member];
      if (name === undefined) throw new RangeError(`there is no name ${member}`);
      set.push(name);
    }
    sets.push(set);
    start += size;
  }
  return sets;
}
