/** Of what kind ids are. */
export type IdKind = "user" | "item";

/** A stretch of time in which nothing that is known can have been deleted or lost. */
export interface KnownSince {
  /** Of the deletions: another one after each of them. */
  readonly version: string;
  /** How many connections have been opened: a server that is back, or another in its place, may lack what the last one had. */
  readonly numOpened: number;
}

export interface KnownIdsOptions {
  /** Ids of each kind that are kept at least, once there are so many; up to twice as many are. Default: 32,768. */
  readonly size?: number | undefined;
  /** A clock that never goes back, milliseconds. Default: that of the process. */
  readonly now?: (() => number) | undefined;
}

/** All is forgotten after that: bounds what rows that other programs delete from the tables behind our back can do. */
const FORGET_AFTER_MS = 60_000;
const DEFAULT_SIZE = 32_768;

/**
 * Users and items that are known to be stored, so that writes of feedback look for the others only. Those learned last stay:
 * when one generation is full, the one before it is dropped.
 * Memory: about 100 bytes an id, 13 MB with the default size.
 */
export class KnownIds {
  readonly #size: number;
  readonly #now: () => number;
  #since: KnownSince = { version: "", numOpened: -1 };
  #forgetAt = 0;
  #ids = emptyGenerations();

  constructor({ size = DEFAULT_SIZE, now = () => performance.now() }: KnownIdsOptions = {}) {
    this.#size = size;
    this.#now = now;
  }

  /** Those that must be looked for, in their order. The transaction that asks holds off deletions. */
  unknownOf(kind: IdKind, ids: readonly string[], since: KnownSince): string[] {
    if (!this.#isSince(since) || this.#now() >= this.#forgetAt) {
      this.#since = since;
      this.#forgetAt = this.#now() + FORGET_AFTER_MS;
      this.#ids = emptyGenerations();
    }
    const { recent, older } = this.#ids[kind];
    return ids.filter((id) => !recent.has(id) && !older.has(id));
  }

  /** Tells of ids that are stored, committed at that. Nothing is learned when deletions or connections have come in between. */
  add(kind: IdKind, ids: readonly string[], since: KnownSince): void {
    if (!this.#isSince(since)) return;
    const generations = this.#ids[kind];
    for (const id of ids) {
      if (generations.recent.size >= this.#size && !generations.recent.has(id)) {
        generations.older = generations.recent;
        generations.recent = new Set();
      }
      generations.recent.add(id);
    }
  }

  #isSince({ version, numOpened }: KnownSince): boolean {
    return version === this.#since.version && numOpened === this.#since.numOpened;
  }
}

interface Generations {
  recent: Set<string>;
  older: Set<string>;
}

function emptyGenerations(): Record<IdKind, Generations> {
  return { user: { recent: new Set(), older: new Set() }, item: { recent: new Set(), older: new Set() } };
}
