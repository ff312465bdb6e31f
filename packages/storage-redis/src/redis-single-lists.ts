import type { CallOptions, Clock } from "@furze/core";
import { type KeptList, KeptLists, type ListKey, type ListRead, SharedReads } from "@furze/storage";
import type { RedisKeys } from "./redis-keys.ts";
import { expiryOf, listOf, STAMP_BYTES } from "./redis-list-value.ts";
import { READ_CHANGED } from "./redis-scripts.ts";
import type { RedisCommand, RedisSession } from "./redis-session.ts";

/** Keys of one script: it must not hold up the server's other clients. */
const SCRIPT_KEYS = 500;

/** A list that is held, under its key. */
type Held = readonly [key: string, kept: KeptList<Buffer>];

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
    const held: Held[] = [];
    const others: string[] = [];
    for (const key of keys) {
      const kept = this.#kept.get(key);
      if (kept === undefined) others.push(key);
      else held.push([key, kept]);
    }
    const [[version, ...values], changes] = await Promise.all([
      this.#session.getMany([this.#keys.overlayVersion, ...others], undefined),
      this.#changesOf(held),
    ]);
    const overlayVersion = Number(version ?? 0);
    const nowMs = this.#clock.now();
    const reads = new Map<string, ListRead>();
    const note = (key: string, kept: KeptList<Buffer> | undefined) => {
      reads.set(key, { lists: [kept !== undefined && kept.expiresMs > nowMs ? kept.list : undefined], overlayVersion });
    };
    for (const [place, key] of others.entries()) note(key, this.#keep(key, values[place]));
    for (const [place, [key, kept]] of held.entries()) {
      const change = changes[place];
      note(key, typeof change === "number" ? kept : this.#keep(key, change));
    }
    return reads;
  }

  /** Aligned: 1 for a list that is still the same, else the value of the key, `null` where there is none. */
  async #changesOf(held: readonly Held[]): Promise<(1 | Buffer | null)[]> {
    if (held.length === 0) return [];
    // A script in a cluster may work on one slot only.
    const size = this.#session.isCluster ? 1 : SCRIPT_KEYS;
    const commands: RedisCommand[] = [];
    for (let start = 0; start < held.length; start += size) {
      const part = held.slice(start, start + size);
      const stamps = Buffer.concat(part.map(([, { stamp }]) => stamp));
      commands.push(["EVAL", READ_CHANGED, String(part.length), ...part.map(([key]) => key), stamps]);
    }
    return ((await this.#session.run(commands, undefined)) as (1 | Buffer | null)[][]).flat();
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
