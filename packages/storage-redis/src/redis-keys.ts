import { InvalidArgumentError } from "@furze/core";
import type { ListKey } from "@furze/storage";

/**
 * Names of the keys of one store. Lists, values and series spread over the slots of a cluster; the keys of the overlay share a
 * hash tag, as one script works on them.
 */
export class RedisKeys {
  readonly #root: string;
  readonly schema: string;
  /** Number that every change of the overlay raises; never deleted, so that it never falls. */
  readonly overlayVersion: string;
  /** Hash: item id to its change. */
  readonly overlayEntries: string;
  /** Sorted set: item ids by the version of their change. */
  readonly overlayIndex: string;
  /** Glob over all lists, values and series. */
  readonly everything: string;
  /** Glob over all lists. */
  readonly lists: string;

  /** @throws {InvalidArgumentError} for a prefix that could be taken for another one's keys, or that would be a hash tag */
  constructor(prefix: string) {
    if (!/^[\w.-]{0,64}$/.test(prefix)) {
      const got = JSON.stringify(prefix);
      throw new InvalidArgumentError("prefix", `prefix may have up to 64 letters, digits, "_", "." and "-", got ${got}`);
    }
    this.#root = `${prefix}furze:`;
    this.schema = `${this.#root}schema`;
    this.overlayVersion = `{${this.#root}overlay}:version`;
    this.overlayEntries = `{${this.#root}overlay}:entries`;
    this.overlayIndex = `{${this.#root}overlay}:index`;
    this.everything = `${escapeGlob(this.#root)}[lvp]:*`;
    this.lists = `${escapeGlob(this.#root)}l:*`;
  }

  list(key: ListKey): string {
    return this.#collection(key.collection) + key.name;
  }

  /** Glob over the lists of a collection. */
  listsOf(collection: string): string {
    return `${escapeGlob(this.#collection(collection))}*`;
  }

  /** Name of the list under a key of that collection. */
  nameOf(key: string, collection: string): string {
    return key.slice(this.#collection(collection).length);
  }

  value(name: string): string {
    return `${this.#root}v:${name}`;
  }

  points(name: string): string {
    return `${this.#root}p:${name}`;
  }

  /** The length in front keeps a collection "a" with the name "b:c" and one "a:b" with the name "c" apart. */
  #collection(collection: string): string {
    return `${this.#root}l:${collection.length}:${collection}:`;
  }
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]^-]/g, "\\$&");
}
