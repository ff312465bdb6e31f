import type { CallOptions } from "@furze/core";
import { ListArena, type ScoredList } from "./list-arena.ts";

export interface LeasedListsOptions<Key> {
  /** Lists of keys, aligned. */
  readonly load: (keys: readonly Key[], call: CallOptions) => Promise<readonly ScoredList[]>;
  /** When so many lists are kept, all are forgotten, > 0. Default 200,000. */
  readonly capacity?: number | undefined;
}

/** Lists that are at hand until the lease is disposed of. */
export interface ListLease extends Disposable {
  readonly arena: ListArena;
  /** Aligned with the groups: for each key the number of its list in the arena. */
  readonly chosen: readonly Int32Array[];
}

const UNKNOWN = -1;

/** Lists that were loaded under one view of the store. */
interface Generation<Key> {
  readonly arena: ListArena;
  readonly numbers: Map<Key, number>;
}

/** Lists of items by key, loaded in bulk and kept until `forget`. */
export class LeasedLists<Key> {
  readonly #load: LeasedListsOptions<Key>["load"];
  readonly #capacity: number;
  #current: Generation<Key> = { arena: new ListArena(), numbers: new Map() };

  constructor({ load, capacity }: LeasedListsOptions<Key>) {
    this.#load = load;
    this.#capacity = capacity ?? 200_000;
  }

  /** Takes hold of the lists of all the keys, in groups as they come. Cost: one look-up a key, and one `load` if any is missing. */
  async lease(groups: readonly ArrayLike<Key>[], call: CallOptions = {}): Promise<ListLease> {
    if (this.#current.arena.size >= this.#capacity) this.forget();
    const { arena, numbers } = this.#current;
    const chosen = groups.map((group) => new Int32Array(group.length).fill(UNKNOWN));
    const missing = choose(groups, numbers, chosen);
    arena.hold();
    try {
      if (missing.size > 0) {
        await this.#loadInto({ arena, numbers }, [...missing], call);
        choose(groups, numbers, chosen);
      }
    } catch (error) {
      arena.release();
      throw error;
    }
    return { arena, chosen, [Symbol.dispose]: () => arena.release() };
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

/** Fills in the numbers that are not chosen yet. @returns the keys that have none */
function choose<Key>(
  groups: readonly ArrayLike<Key>[],
  numbers: ReadonlyMap<Key, number>,
  chosen: readonly Int32Array[],
): ReadonlySet<Key> {
  const missing = new Set<Key>();
  for (const [place, group] of groups.entries()) {
    const ofGroup = chosen[place] as Int32Array;
    for (let at = 0; at < group.length; at++) {
      if (ofGroup[at] !== UNKNOWN) continue;
      const number = numbers.get(group[at] as Key);
      if (number === undefined) missing.add(group[at] as Key);
      else ofGroup[at] = number;
    }
  }
  return missing;
}
