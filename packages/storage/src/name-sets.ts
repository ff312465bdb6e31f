import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** More names than one list can have; keeps the numbers of steps exact. */
const MAX_NAMES = 2 ** 22;

/**
 * Numbers every distinct sequence of names, and every name in them, for a compact form of many repetitive sequences.
 * Sequences are found by walking from name to name, which makes no text of them: this runs for every entry of every list.
 */
export class NameSets {
  readonly #names = new Map<string, number>();
  /** From a place in the walk, and the name that comes next, to the next place. Place 0 is the start. */
  readonly #steps = new Map<number, number>();
  /** Number of the sequence that ends at a place. */
  readonly #setAt: (number | undefined)[] = [undefined];
  readonly #sets: (readonly string[])[] = [];

  indexOf(set: readonly string[]): number {
    let place = 0;
    for (const name of set) place = this.#next(place, this.#nameIndex(name));
    const known = this.#setAt[place];
    if (known !== undefined) return known;
    const index = this.#sets.push(set) - 1;
    this.#setAt[place] = index;
    return index;
  }

  write(writer: ByteWriter): void {
    writer.uint(this.#names.size);
    for (const name of this.#names.keys()) writer.text(name);
    writer.uint(this.#sets.length);
    writer.uintColumn(this.#sets.map((set) => set.length));
    const members: number[] = [];
    for (const set of this.#sets) for (const name of set) members.push(this.#nameIndex(name));
    writer.uintColumn(members);
  }

  #nameIndex(name: string): number {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const index = this.#names.size;
    if (index === MAX_NAMES) throw new RangeError(`a list has more than ${MAX_NAMES} names`);
    this.#names.set(name, index);
    return index;
  }

  #next(place: number, name: number): number {
    const step = place * MAX_NAMES + name;
    const known = this.#steps.get(step);
    if (known !== undefined) return known;
    const next = this.#setAt.push(undefined) - 1;
    this.#steps.set(step, next);
    return next;
  }
}

/** Reads what `NameSets` wrote. @throws {RangeError} for bytes that make no sense */
export function readNameSets(reader: ByteReader): string[][] {
  const numNames = reader.uint();
  const names: string[] = [];
  // Each read takes at least a byte or throws, so a damaged count ends with the bytes.
  for (let index = 0; index < numNames; index++) names.push(reader.text());
  const sizes = reader.uintColumn(reader.uint());
  let numMembers = 0;
  for (const size of sizes) numMembers += size;
  const members = reader.uintColumn(numMembers);
  const sets: string[][] = [];
  let start = 0;
  for (const size of sizes) {
    // Of its final length at once: one that grows takes room for 17 names with the first.
    const set = new Array<string>(size);
    for (let place = 0; place < size; place++) {
      const name = names[members[start + place] ?? numNames];
      if (name === undefined) throw new RangeError(`there is no name ${members[start + place]}`);
      set[place] = name;
    }
    sets.push(set);
    start += size;
  }
  return sets;
}
