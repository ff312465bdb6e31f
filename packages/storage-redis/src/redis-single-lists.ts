import type { CallOptions, Clock } from "@furze/core";
import { type KeptList, KeptLists, type ListKey, type ListRead, SharedReads } from "@furze/storage";
import type { RedisKeys } from "./redis-keys.ts";
import { expiryOf, listOf, STAMP_BYTES } from "./redis-list-value.ts";
import { READ_CHANGED } from "./redis-scripts.ts";
import type { RedisCommand, RedisSession } from "./redis-session.ts";

/** Keys of one script: it must not hold up the server's other clients. */
const SCRIPT_KEYS = 500;

/** What has become of a value: 1 while it begins with the stamp that it was asked for with, `null` when it has gone. */
type Change = 1 | Buffer | null;

/** Stands for what is not kept: nothing that is stored begins with it. */
const NO_STAMP = Buffer.alloc(STAMP_BYTES);

/**
 * Lists that are asked for one by one, as a server does: those of one turn of the event loop share a round trip, and a list is
 * decoded once. Of a list that is kept Redis compares 16 bytes with those of the value that it holds, and sends only what differs, so
 * a list that anybody has replaced shows at the next read, and no writer has to know of the readers.
 */
export class RedisSingleLists {
  readonly #session: RedisSession;
  readonly #keys: RedisKeys;
  readonly #clock: Clock;
  readonly #kept = new KeptLists<Buffer>();
  readonly #shared: SharedReads<ListRead> = new SharedReads((keys) => this.#read(keys));

  constructor(session: RedisSession, keys: RedisKeys, clock: Clock) {
    this.#session = session;
    this.#keys = keys;
    this.#clock = clock;
  }

  get(key: ListKey, options: CallOptions | undefined): Promise<ListRead> {
    return this.#shared.one(this.#keys.list(key), options) as Promise<ListRead>;
  }

  /** Sends reads that wait for others. */
  flush(): void {
    this.#shared.flush();
  }

  async #read(keys: readonly string[]): Promise<Map<string, ListRead>> {
    const kept = keys.map((key) => this.#kept.get(key));
    const [version, ...values] = await this.#changes(
      [this.#keys.overlayVersion, ...keys],
      [undefined, ...kept.map((list) => list?.stamp)],
    );
    const overlayVersion = Number(version ?? 0);
    const nowMs = this.#clock.now();
    const reads = new Map<string, ListRead>();
    for (const [place, key] of keys.entries()) {
      const value = values[place];
      const current = typeof value === "number" ? kept[place] : this.#keep(key, value);
      const list = current !== undefined && current.expiresMs > nowMs ? current.list : undefined;
      reads.set(key, { lists: [list], overlayVersion });
    }
    return reads;
  }

  /** Aligned. */
  async #changes(keys: readonly string[], stamps: readonly (Buffer | undefined)[]): Promise<Change[]> {
    if (stamps.every((stamp) => stamp === undefined)) return this.#session.getMany(keys, undefined);
    const replies = await this.#session.run([...this.#commands(keys, stamps)], undefined);
    return (replies as (Change | Change[])[]).flat();
  }

  *#commands(keys: readonly string[], stamps: readonly (Buffer | undefined)[]): Iterable<RedisCommand> {
    // A script in a cluster may work on one slot only.
    if (this.#session.isCluster) {
      for (const [place, key] of keys.entries()) {
        const stamp = stamps[place];
        yield stamp === undefined ? ["GET", key] : ["EVAL", READ_CHANGED, "1", key, stamp];
      }
      return;
    }
    for (let start = 0; start < keys.length; start += SCRIPT_KEYS) {
      const part = keys.slice(start, start + SCRIPT_KEYS);
      const begun = Buffer.concat(stamps.slice(start, start + SCRIPT_KEYS).map((stamp) => stamp ?? NO_STAMP));
      yield ["EVAL", READ_CHANGED, String(part.length), ...part, begun];
    }
  }

  #keep(key: string, value: Buffer | null | undefined): KeptList<Buffer> | undefined {
    const list = value == null ? undefined : listOf(value);
    if (value == null || list === undefined) {
      this.#kept.delete(key);
      return undefined;
    }
    // A copy: the value is a part of all that came with it.
    const kept = { stamp: Buffer.from(value.subarray(0, STAMP_BYTES)), list, expiresMs: expiryOf(value) };
    this.#kept.set(key, kept);
    return kept;
  }
}
