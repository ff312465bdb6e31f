import { type CallOptions, type Clock, checkId, InvalidArgumentError } from "@furze/core";
import { checkText, type OverlayDelta, type OverlayEntry, type OverlayPut } from "@furze/storage";
import type { RedisArgument } from "./redis-driver.ts";
import type { RedisKeys } from "./redis-keys.ts";
import { lifeMs } from "./redis-lists.ts";
import { DELETE_OVERLAY, PUT_OVERLAY } from "./redis-scripts.ts";
import type { RedisCommand, RedisSession } from "./redis-session.ts";

/** Changes that one script writes, or one command reads: about a millisecond of the server's time. */
const CHUNK_ENTRIES = 500;

/** The item overlay in Redis: a hash of the changes, a sorted set of their versions, all in one slot. */
export class RedisOverlay {
  readonly #session: RedisSession;
  readonly #keys: RedisKeys;
  readonly #clock: Clock;

  constructor(session: RedisSession, keys: RedisKeys, clock: Clock) {
    this.#session = session;
    this.#keys = keys;
    this.#clock = clock;
  }

  async put(entries: readonly OverlayPut[], options: CallOptions | undefined): Promise<number> {
    for (const entry of entries) checkEntry(entry);
    if (entries.length === 0) return this.#version(options);
    let version = 0;
    for (let start = 0; start < entries.length; start += CHUNK_ENTRIES) {
      const command = this.#putCommand(entries.slice(start, start + CHUNK_ENTRIES));
      const [reply] = await this.#session.run([command], options);
      version = Number(reply);
    }
    return version;
  }

  async get(sinceVersion: number, options: CallOptions | undefined): Promise<OverlayDelta> {
    // Read first: what is put meanwhile may come along, and comes again with the next difference.
    const version = await this.#version(options);
    if (version === sinceVersion) return { version, entries: [] };
    const range: RedisCommand = ["ZRANGEBYSCORE", this.#keys.overlayIndex, `(${sinceVersion}`, "+inf"];
    const [ids] = (await this.#session.run([range], options)) as [Buffer[]];
    const nowMs = this.#clock.now();
    const entries: OverlayEntry[] = [];
    for (let start = 0; start < ids.length; start += CHUNK_ENTRIES) {
      const chunk = ids.slice(start, start + CHUNK_ENTRIES);
      const [values] = await this.#session.run([["HMGET", this.#keys.overlayEntries, ...chunk]], options);
      for (const [index, value] of (values as (Buffer | null)[]).entries()) {
        const entry = parseEntry(String(chunk[index]), value);
        if (entry !== undefined && entry.expiresMs > nowMs) entries.push(entry);
      }
    }
    return { version, entries };
  }

  /** @returns number of changes deleted */
  async collectGarbage(options: CallOptions | undefined): Promise<number> {
    const { overlayEntries, overlayIndex } = this.#keys;
    const nowMs = this.#clock.now();
    let deleted = 0;
    let cursor = "0";
    do {
      const scan: RedisCommand = ["HSCAN", overlayEntries, cursor, "COUNT", String(CHUNK_ENTRIES)];
      const [[next, fields]] = (await this.#session.run([scan], options)) as [[Buffer, Buffer[]]];
      const expired: RedisArgument[] = [];
      for (let index = 0; index + 1 < fields.length; index += 2) {
        const [id, value] = [fields[index] ?? "", fields[index + 1] ?? null];
        if (value !== null && (parseEntry("", value)?.expiresMs ?? 0) <= nowMs) expired.push(id, value);
      }
      if (expired.length > 0) {
        const [reply] = await this.#session.run(
          [["EVAL", DELETE_OVERLAY, "2", overlayEntries, overlayIndex, ...expired]],
          options,
        );
        deleted += Number(reply);
      }
      cursor = next.toString();
    } while (cursor !== "0");
    return deleted;
  }

  async #version(options: CallOptions | undefined): Promise<number> {
    const [version] = await this.#session.getMany([this.#keys.overlayVersion], options);
    return Number(version ?? 0);
  }

  #putCommand(entries: readonly OverlayPut[]): RedisCommand {
    const { overlayVersion, overlayEntries, overlayIndex } = this.#keys;
    const nowMs = this.#clock.now();
    // The first version is the time, so that it is higher than any before when Redis has lost its data.
    const firstVersion = Math.max(1, Math.trunc(nowMs));
    const lastMs = entries.reduce((latest, entry) => Math.max(latest, entry.expiresMs), 0);
    const fields = entries.flatMap((entry) => [
      entry.itemId,
      entry.isHidden ? "1" : "0",
      String(entry.changedMs),
      String(entry.expiresMs),
      entry.categories === undefined ? "" : JSON.stringify(entry.categories),
    ]);
    const keys = [overlayVersion, overlayEntries, overlayIndex];
    return ["EVAL", PUT_OVERLAY, "3", ...keys, String(firstVersion), String(lifeMs(lastMs, nowMs)), ...fields];
  }
}

function checkEntry(entry: OverlayPut): void {
  checkId(entry.itemId, "ItemId");
  for (const category of entry.categories ?? []) checkText(category, "Categories");
  if (!Number.isSafeInteger(entry.changedMs) || !Number.isSafeInteger(entry.expiresMs)) {
    throw new InvalidArgumentError("overlay", `changedMs and expiresMs of ${entry.itemId} must be whole milliseconds`);
  }
}

/** @returns `undefined` for a change that is gone, or that this release cannot read */
function parseEntry(itemId: string, value: Buffer | null): OverlayEntry | undefined {
  const [, hidden, changed, expires, categories] = /^(\d) (\S+) (\S+) (.*)$/s.exec(String(value ?? "")) ?? [];
  if (categories === undefined) return undefined;
  return {
    itemId,
    isHidden: hidden === "1",
    categories: categories === "" ? undefined : (JSON.parse(categories) as string[]),
    changedMs: Number(changed),
    expiresMs: Number(expires),
  };
}
