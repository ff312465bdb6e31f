import type { CallOptions } from "@furze/core";
import { ListArena, type ScoredList } from "./list-arena.ts";

export interface KeptListsOptions<Key> {
  /** Lists of keys, aligned. */
  readonly load: (keys: readonly Key[], call: CallOptions) => Promise<readonly ScoredList[]>;
  /** When so many lists are kept, all are forgotten, > 0. Default 200,000. */
  readonly capacity?: number | undefined;
}

/** Lists that are at hand until the lease is disposed of. */
export interface ListLease<Key> extends Disposable {
  readonly arena: ListArena;
  /** Number in the arena. @throws {RangeError} for a key that the lease was not taken for */
  numberOf(key: Key): number;
}

/** Lists that were loaded under one view of the store. */
interface Generation<Key> {
  readonly arena: ListArena;
  readonly numbers: Map<Key, number>;
}

/** Lists of items by key, loaded in bulk and kept until `forget`. */
export class KeptLists<Key> {
  readonly #load: KeptListsOptions<Key>["load"];
  readonly #capacity: number;
  #current: Generation<Key> = { arena: new ListArena(), numbers: new Map() };

  constructor({ load, capacity }: KeptListsOptions<Key>) {
    this.#load = load;
    this.#capacity = capacity ?? 200_000;
  }

  /** Takes hold of the lists of all the keys, in groups as they come. Cost: one look-up a key, and one `load` if any is missing. */
  async lease(groups: readonly ArrayLike<Key>[], call: CallOptions = {}): Promise<ListLease<Key>> {
    if (this.#current.arena.size >= this.#capacity) this.forget();
    const { arena, numbers } = this.#current;
    const missing = new Set<Key>();
    for (const group of groups) {
      for (let at = 0; at < group.length; at++) {
        const key = group[at] as Key;
        if (!numbers.has(key)) missing.add(key);
      }
    }
    arena.hold();
    try {
      if (missing.size > 0) await this.#loadInto({ arena, numbers }, [...missing], call);
    } catch (error) {
      arena.release();
      throw error;
    }
    return { arena, numberOf: (key) => numberOf(numbers, key), [Symbol.dispose]: () => arena.release() };
  }

  /** Drops all lists; leases keep theirs. */
  forget(): void {
    this.#current.arena.retire();
    this.#current = { arena: new ListArena(), numbers: new Map() };
  }

  async #loadInto({ arena, numbers }: Generation<Key>, keys: readonly Key[], call: CallOptions): Promise<void> {
    const lists = await this.#load(keys, call);
    for (const [place, key] of keys.entries()) {
      // Somebody else may have loaded it meanwhile.
      if (!numbers.has(key)) numbers.set(key, arena.add(lists[place] as ScoredList));
    }
  }
}

function numberOf<Key>(numbers: ReadonlyMap<Key, number>, key: Key): number {
  const number = numbers.get(key);
  if (number === undefined) throw new RangeError("the lease was taken for other lists");
  return number;
}
