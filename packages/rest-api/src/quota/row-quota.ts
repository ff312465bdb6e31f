import type { Clock } from "@furze/core";
import { HttpError } from "../http-error.ts";

/** The part of a store of users or items that a quota asks. */
export interface CountedRows {
  get(ids: readonly string[]): Promise<readonly unknown[]>;
  count(): Promise<number>;
}

export interface RowQuotaOptions {
  /** What is counted, for the message. */
  readonly kind: "users" | "items";
  /** Most rows; 0 = no bound. */
  readonly max: number;
  readonly rows: CountedRows;
  readonly clock: Clock;
}

/** How long a count is good for at least; other servers may insert so long without this one knowing. */
const MIN_COUNT_AGE_MS = 10_000;
/** A count that takes long is good for as many times as long: large tables are not counted all the time. */
const COUNT_AGE_FACTOR = 100;

/**
 * Keeps the number of users or items below a bound. Ids that exist are not new, so replacing rows is always possible.
 *
 * While there is room, a request costs an addition: the count that is kept is never too low, as every id of a request is counted.
 * Near the bound the ids of a request are looked up, and rows are counted again where the kept count may be too high.
 * With several servers the bound may be passed by what the others insert within ten seconds, or a hundred times the time of a count.
 */
export class RowQuota {
  readonly #options: RowQuotaOptions;
  /** Not below the number of rows, as far as this process knows; `undefined` before the first count. */
  #count: number | undefined;
  /** When the count is too old. */
  #expiresMs = 0;
  /** Ids in `#count` that may have existed before. */
  #doubtful = 0;
  /** Ids that are being written. */
  #inFlight = 0;
  #counting: Promise<void> | undefined;

  constructor(options: RowQuotaOptions) {
    this.#options = options;
  }

  /**
   * Writes rows of these ids, unless too many of them are new.
   *
   * @throws {HttpError} 429; nothing is written then
   */
  async admit<T>(ids: readonly string[], write: () => Promise<T>): Promise<T> {
    if (this.#options.max === 0 || ids.length === 0) return write();
    const reserved = await this.#reserve([...new Set(ids)]);
    this.#inFlight += reserved;
    try {
      return await write();
    } catch (error) {
      this.release(reserved);
      throw error;
    } finally {
      this.#inFlight -= reserved;
    }
  }

  /** Notes that rows are gone. */
  release(rows: number): void {
    if (this.#count !== undefined) this.#count -= rows;
  }

  /** Notes that rows have come or gone in numbers that nobody knows: the next request counts. */
  forget(): void {
    this.#count = undefined;
  }

  /** @returns how far the count was raised */
  async #reserve(ids: readonly string[]): Promise<number> {
    const { max, rows, clock, kind } = this.#options;
    if (this.#count === undefined || clock.now() >= this.#expiresMs) await this.#recount();
    if (this.#raise(ids.length)) {
      this.#doubtful += ids.length;
      return ids.length;
    }
    const isNew = (row: unknown): boolean => row === undefined;
    const numNew = (await rows.get(ids)).filter(isNew).length;
    if (numNew === 0 || this.#raise(numNew)) return numNew;
    if (this.#doubtful > 0) await this.#recount();
    if (this.#raise(numNew)) return numNew;
    throw new HttpError(429, `${kind} count exceeds limit (${(this.#count ?? 0) + numNew} > ${max})`);
  }

  #raise(by: number): boolean {
    const next = (this.#count ?? 0) + by;
    if (next > this.#options.max) return false;
    this.#count = next;
    return true;
  }

  /** Counts once for all who wait. What is being written may be in the count already, and then stands in it twice. */
  async #recount(): Promise<void> {
    const { rows, clock } = this.#options;
    const startedMs = clock.now();
    this.#counting ??= rows.count().then(
      (count) => {
        const nowMs = clock.now();
        this.#count = count + this.#inFlight;
        this.#doubtful = this.#inFlight;
        this.#expiresMs = nowMs + Math.max(MIN_COUNT_AGE_MS, COUNT_AGE_FACTOR * (nowMs - startedMs));
        this.#counting = undefined;
      },
      (error: unknown) => {
        this.#counting = undefined;
        throw error;
      },
    );
    return this.#counting;
  }
}
