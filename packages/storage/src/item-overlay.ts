import type { CacheStore, ListEntry, OverlayEntry, RankedList } from "./cache-store.ts";

/**
 * What became of items after lists were made, held in memory by a reader of lists.
 * Each read of lists says which version of the overlay the cache has; when it is another one, `refresh` fetches the difference.
 * Memory: one entry per item changed within the life of a list.
 */
export class ItemOverlay {
  readonly #onChange: (entries: readonly OverlayEntry[]) => void;
  readonly #entries = new Map<string, OverlayEntry>();
  #version = 0;
  #newestMs = Number.NEGATIVE_INFINITY;
  #refreshing: Promise<void> | undefined;

  /** @param onChange gets the entries of each fetch, for readers that keep more than lists. Default: nobody does. */
  constructor(onChange: (entries: readonly OverlayEntry[]) => void = () => {}) {
    this.#onChange = onChange;
  }

  /** Version that is held. */
  get version(): number {
    return this.#version;
  }

  /** Number of entries held. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Fetches what changed since the version held, unless that is `versionSeen`. Calls at the same time share one fetch.
   * A version that has fallen means another cache: everything is fetched anew.
   */
  async refresh(cache: Pick<CacheStore, "getOverlay">, versionSeen: number): Promise<void> {
    if (versionSeen === this.#version) return;
    // A fetch under way may have begun before the version that was seen: then one more is needed, which again is shared.
    if (this.#refreshing !== undefined) await this.#refreshing;
    if (versionSeen === this.#version) return;
    this.#refreshing ??= this.#fetch(cache, versionSeen).finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  /**
   * Entries of a list as they are now: hidden items dropped, categories replaced. Changes that the list knew are left out.
   * Returns the list's own array when nothing changes.
   */
  apply(list: RankedList): readonly ListEntry[] {
    if (this.#newestMs <= list.updatedMs) return list.entries;
    const kept: ListEntry[] = [];
    let isChanged = false;
    for (const entry of list.entries) {
      const change = this.#entries.get(entry.id);
      if (change === undefined || change.changedMs <= list.updatedMs) {
        kept.push(entry);
        continue;
      }
      if (change.isHidden) {
        isChanged = true;
      } else if (change.categories === undefined) {
        kept.push(entry);
      } else {
        kept.push({ ...entry, categories: change.categories });
        isChanged = true;
      }
    }
    return isChanged ? kept : list.entries;
  }

  /** Forgets entries whose lists are all gone. @returns number forgotten */
  prune(nowMs: number): number {
    const before = this.#entries.size;
    for (const [itemId, entry] of this.#entries) if (entry.expiresMs <= nowMs) this.#entries.delete(itemId);
    this.#newestMs = Number.NEGATIVE_INFINITY;
    for (const entry of this.#entries.values()) this.#newestMs = Math.max(this.#newestMs, entry.changedMs);
    return before - this.#entries.size;
  }

  async #fetch(cache: Pick<CacheStore, "getOverlay">, versionSeen: number): Promise<void> {
    const since = versionSeen < this.#version ? 0 : this.#version;
    const delta = await cache.getOverlay(since);
    if (delta.version < this.#version) {
      this.#entries.clear();
      this.#newestMs = Number.NEGATIVE_INFINITY;
    }
    for (const entry of delta.entries) {
      this.#entries.set(entry.itemId, entry);
      this.#newestMs = Math.max(this.#newestMs, entry.changedMs);
    }
    this.#version = delta.version;
    this.#onChange(delta.entries);
  }
}
