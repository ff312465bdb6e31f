import type { CallOptions, Clock } from "@furze/core";
import {
  decodeList,
  type KeptList,
  KeptLists,
  LIST_STAMP_BYTES,
  type ListKey,
  type ListRead,
  SharedReads,
} from "@furze/storage";

/** A list as it is stored, or the first bytes of it. */
export interface StoredList {
  readonly expiresMs: number;
  readonly bytes: Uint8Array;
}

/** Lists that are there and have not expired, under `listKeyText`, and the version of the overlay before they were read. */
export interface StoredLists {
  readonly found: ReadonlyMap<string, StoredList>;
  readonly overlayVersion: number;
}

/** Reads lists as a whole, or so many bytes of each. */
export type ReadStored = (keys: readonly ListKey[], numBytes: number | undefined) => Promise<StoredLists>;

/** Stands in no checked text. */
const SEPARATOR = "\0";

export function listKeyText({ collection, name }: ListKey): string {
  return collection + SEPARATOR + name;
}

function parseListKey(text: string): ListKey {
  const end = text.indexOf(SEPARATOR);
  return { collection: text.slice(0, end), name: text.slice(end + 1) };
}

/**
 * Lists that are asked for one by one, as a server does: those of one turn of the event loop share a statement, and a list is decoded
 * once. Of a list that is kept only the moment of expiry and the bytes with its checksum are read, so one that anybody has replaced
 * shows at the next read; it costs a second statement then.
 */
export class ServerSingleLists {
  readonly #readStored: ReadStored;
  readonly #clock: Clock;
  readonly #kept = new KeptLists<Uint8Array>();
  readonly #shared: SharedReads<ListRead> = new SharedReads((texts) => this.#read(texts));

  constructor(readStored: ReadStored, clock: Clock) {
    this.#readStored = readStored;
    this.#clock = clock;
  }

  get(key: ListKey, options: CallOptions | undefined): Promise<ListRead> {
    return this.#shared.one(listKeyText(key), options) as Promise<ListRead>;
  }

  /** Sends reads that wait for others. */
  flush(): void {
    this.#shared.flush();
  }

  async #read(texts: readonly string[]): Promise<Map<string, ListRead>> {
    const held = new Map<string, KeptList<Uint8Array>>();
    const wanted: string[] = [];
    for (const text of texts) {
      const kept = this.#kept.get(text);
      if (kept === undefined) wanted.push(text);
      else held.set(text, kept);
    }
    const [stamps, values] = await Promise.all([this.#stored([...held.keys()], LIST_STAMP_BYTES), this.#stored(wanted)]);
    const changed = [...held].filter(([text, kept]) => !isSame(kept, stamps?.found.get(text))).map(([text]) => text);
    const replaced = await this.#stored(changed.filter((text) => stamps?.found.has(text)));
    for (const text of changed) held.set(text, this.#keep(text, replaced?.found.get(text)));
    for (const text of wanted) held.set(text, this.#keep(text, values?.found.get(text)));
    // Should the overlay have changed in between, the reader holds too old a version and fetches once too often.
    const overlayVersion = Math.min(...[stamps, values].flatMap((read) => read?.overlayVersion ?? []));
    const nowMs = this.#clock.now();
    const listOf = ({ list, expiresMs }: KeptList<Uint8Array>) => (expiresMs > nowMs ? list : undefined);
    return new Map(Array.from(held, ([text, kept]) => [text, { lists: [listOf(kept)], overlayVersion }]));
  }

  async #stored(texts: readonly string[], numBytes?: number): Promise<StoredLists | undefined> {
    return texts.length === 0 ? undefined : this.#readStored(texts.map(parseListKey), numBytes);
  }

  #keep(text: string, stored: StoredList | undefined): KeptList<Uint8Array> {
    const list = stored && decodeList(stored.bytes);
    if (stored === undefined || list === undefined) {
      this.#kept.delete(text);
      return { stamp: new Uint8Array(), list: undefined, expiresMs: 0 };
    }
    // A copy: the value may be a part of all that came with it.
    const kept = { stamp: Uint8Array.from(stored.bytes.subarray(0, LIST_STAMP_BYTES)), list, expiresMs: stored.expiresMs };
    this.#kept.set(text, kept);
    return kept;
  }
}

function isSame(kept: KeptList<Uint8Array>, stored: StoredList | undefined): boolean {
  return stored !== undefined && kept.expiresMs === stored.expiresMs && Buffer.compare(kept.stamp, stored.bytes) === 0;
}
