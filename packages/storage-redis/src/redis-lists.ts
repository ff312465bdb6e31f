import { type CallOptions, type Clock, checkId, InvalidArgumentError } from "@furze/core";
import { checkText, type ListKey, type ListPut, type ListRead } from "@furze/storage";
import type { RedisKeys } from "./redis-keys.ts";
import { EXPIRY_BYTES, expiryBytes, expiryOf, listOf, listValue } from "./redis-list-value.ts";
import { DELETE_EXPIRED_LIST, READ_HEADS } from "./redis-scripts.ts";
import type { RedisCommand, RedisSession } from "./redis-session.ts";
import { RedisSingleLists } from "./redis-single-lists.ts";

/** Lists encoded and sent at one stroke: holds up the event loop for about ten milliseconds. */
const PUT_CHUNK_LISTS = 250;
/**
 * Redis deletes this much later than the list expires, so that a clock that is behind does not lose lists that its process still
 * takes for fresh.
 */
export const GRACE_MS = 60_000;

/** Ranked lists in Redis: one value per key, spread over all slots. */
export class RedisLists {
  readonly #session: RedisSession;
  readonly #keys: RedisKeys;
  readonly #clock: Clock;
  readonly #single: RedisSingleLists;

  constructor(session: RedisSession, keys: RedisKeys, clock: Clock) {
    this.#session = session;
    this.#keys = keys;
    this.#clock = clock;
    this.#single = new RedisSingleLists(session, keys, clock);
  }

  async get(keys: readonly ListKey[], options: CallOptions | undefined): Promise<ListRead> {
    for (const key of keys) checkKey(key);
    const [only] = keys;
    // Who reads many at once, as a worker does, reads each only once.
    if (only !== undefined && keys.length === 1) return this.#single.get(only, options);
    const names = [this.#keys.overlayVersion, ...keys.map((key) => this.#keys.list(key))];
    const [version, ...values] = await this.#session.getMany(names, options);
    const nowMs = this.#clock.now();
    const lists = values.map((value) => (value !== null && expiryOf(value) > nowMs ? listOf(value) : undefined));
    return { lists, overlayVersion: Number(version ?? 0) };
  }

  async put(lists: readonly ListPut[], options: CallOptions | undefined): Promise<void> {
    for (const put of lists) {
      checkKey(put);
      if (!Number.isSafeInteger(put.expiresMs)) {
        throw new InvalidArgumentError("expiresMs", `expiresMs must be a whole number of milliseconds, got ${put.expiresMs}`);
      }
    }
    const nowMs = this.#clock.now();
    for (let start = 0; start < lists.length; start += PUT_CHUNK_LISTS) {
      const chunk = lists.slice(start, start + PUT_CHUNK_LISTS);
      await this.#session.run(
        chunk.map((put) => this.#putCommand(put, nowMs)),
        options,
      );
    }
  }

  async delete(keys: readonly ListKey[], options: CallOptions | undefined): Promise<void> {
    for (const key of keys) checkKey(key);
    await this.#session.run(
      keys.map((key) => ["UNLINK", this.#keys.list(key)]),
      options,
    );
  }

  async *scanNames(collection: string, options: CallOptions): AsyncIterable<readonly string[]> {
    checkId(collection, "collection");
    for await (const keys of this.#session.scan(this.#keys.listsOf(collection), options)) {
      const expiries = await this.#expiries(keys, options);
      const nowMs = this.#clock.now();
      const names = keys.filter((_, index) => (expiries[index] ?? 0) > nowMs).map((key) => this.#keys.nameOf(key, collection));
      if (names.length > 0) yield names;
    }
  }

  /** Sends reads that wait for others of their turn. */
  flush(): void {
    this.#single.flush();
  }

  /** @returns number of lists deleted */
  async collectGarbage(options: CallOptions | undefined): Promise<number> {
    let deleted = 0;
    for await (const keys of this.#session.scan(this.#keys.lists, options)) {
      const expiries = await this.#expiries(keys, options);
      const nowMs = this.#clock.now();
      const commands: RedisCommand[] = [];
      for (const [index, key] of keys.entries()) {
        const expiresMs = expiries[index];
        if (expiresMs === undefined || expiresMs > nowMs) continue;
        commands.push(["EVAL", DELETE_EXPIRED_LIST, "1", key, expiryBytes(expiresMs)]);
      }
      for (const reply of await this.#session.run(commands, options)) deleted += Number(reply);
    }
    return deleted;
  }

  #putCommand(put: ListPut, nowMs: number): RedisCommand {
    return ["SET", this.#keys.list(put), listValue(put), "PX", String(lifeMs(put.expiresMs, nowMs))];
  }

  /** Aligned with the keys; `undefined` for a list that has gone meanwhile. */
  async #expiries(keys: readonly string[], options: CallOptions | undefined): Promise<(number | undefined)[]> {
    const heads = await this.#heads(keys, options);
    return heads.map((head) => (head.length < EXPIRY_BYTES ? undefined : head.readDoubleLE(0)));
  }

  async #heads(keys: readonly string[], options: CallOptions | undefined): Promise<Buffer[]> {
    if (this.#session.isCluster) {
      const commands = keys.map((key): RedisCommand => ["GETRANGE", key, "0", String(EXPIRY_BYTES - 1)]);
      return (await this.#session.run(commands, options)) as Buffer[];
    }
    const [heads] = await this.#session.run([["EVAL", READ_HEADS, String(keys.length), ...keys]], options);
    return heads as Buffer[];
  }
}

/** How long Redis keeps what expires then. Counted from now by the caller's clock, so that both may disagree about the time. */
export function lifeMs(expiresMs: number, nowMs: number): number {
  return Math.max(0, Math.ceil(expiresMs - nowMs)) + GRACE_MS;
}

function checkKey(key: ListKey): void {
  checkId(key.collection, "collection");
  // The name may be empty: it is the category of a leaderboard of all items.
  checkText(key.name, "name");
}
