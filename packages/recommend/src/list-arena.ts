import { type KernelArray, KernelMemory } from "@furze/kernels";

/** Items with a score each; without scores they all have 1. */
export interface ScoredList {
  readonly items: Int32Array;
  readonly scores?: Float32Array | undefined;
}

type Words = KernelArray<Uint32Array<SharedArrayBuffer>>;

/** Words a list has in the table: the addresses of its items and of its scores, and its length. */
const TABLE_WORDS = 3;

/**
 * Lists by number, for sums over many of them. They lie in kernel memory as soon as a kernel wants one, and stay there.
 *
 * Whoever uses it holds it: the memory is given back when it has been retired and nobody holds it any more.
 * Cost: 4 bytes an item, 8 with scores, and some 200 bytes a list.
 */
export class ListArena {
  readonly #lists: ScoredList[] = [];
  #memory: KernelMemory | undefined;
  #table: Words | undefined;
  /** Lists before this number are in kernel memory. */
  #numMoved = 0;
  #holders = 0;
  #isRetired = false;

  get size(): number {
    return this.#lists.length;
  }

  /** @returns the number of the list */
  add(list: ScoredList): number {
    return this.#lists.push(list) - 1;
  }

  /** @throws {RangeError} if there is no such list */
  at(number: number): ScoredList {
    const list = this.#lists[number];
    if (list === undefined) throw new RangeError(`there is no list ${number}`);
    return list;
  }

  /** Where the lists lie, with all there are now: the memory, and the address of three words a list for the kernel `sumLists`. */
  inMemory(): { readonly memory: KernelMemory; readonly table: number } {
    this.#memory ??= new KernelMemory();
    this.#table = this.#moveNew(this.#memory);
    return { memory: this.#memory, table: this.#table.pointer };
  }

  hold(): void {
    this.#holders++;
  }

  release(): void {
    this.#holders--;
    if (this.#holders === 0 && this.#isRetired) this.#memory?.dispose();
  }

  /** Nobody will take hold of it again. */
  retire(): void {
    this.#isRetired = true;
    if (this.#holders === 0) this.#memory?.dispose();
  }

  #moveNew(memory: KernelMemory): Words {
    const table = this.#tableFor(memory, this.#lists.length);
    const moved = this.#lists.slice(this.#numMoved);
    const items = memory.allocInt32(moved.reduce((sum, list) => sum + list.items.length, 0));
    const scores = memory.allocFloat32(moved.reduce((sum, list) => sum + (list.scores?.length ?? 0), 0));
    let itemsEnd = 0;
    let scoresEnd = 0;
    for (const list of moved) {
      const { length } = list.items;
      items.view.set(list.items, itemsEnd);
      if (list.scores !== undefined) scores.view.set(list.scores, scoresEnd);
      const at = TABLE_WORDS * this.#numMoved;
      table.view[at] = items.pointer + 4 * itemsEnd;
      table.view[at + 1] = list.scores === undefined ? 0 : scores.pointer + 4 * scoresEnd;
      table.view[at + 2] = length;
      this.#lists[this.#numMoved++] = {
        items: items.view.subarray(itemsEnd, itemsEnd + length),
        scores: list.scores && scores.view.subarray(scoresEnd, scoresEnd + length),
      };
      itemsEnd += length;
      if (list.scores !== undefined) scoresEnd += length;
    }
    return table;
  }

  /** A table that is outgrown stays: a kernel may be reading it. All of them together take less than twice the last one. */
  #tableFor(memory: KernelMemory, numLists: number): Words {
    const words = TABLE_WORDS * numLists;
    if (this.#table !== undefined && this.#table.length >= words) return this.#table;
    const grown = memory.allocUint32(Math.max(words, 2 * (this.#table?.length ?? 0)));
    if (this.#table !== undefined) grown.view.set(this.#table.view);
    return grown;
  }
}
