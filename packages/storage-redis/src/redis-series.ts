import { type CallOptions, type Clock, checkId, InvalidArgumentError } from "@furze/core";
import type { TimeSeriesPoint, TimeSeriesQuery } from "@furze/storage";
import type { RedisKeys } from "./redis-keys.ts";
import { ADD_POINTS } from "./redis-scripts.ts";
import type { RedisCommand, RedisSession } from "./redis-session.ts";

/** Points that one script writes. */
const CHUNK_POINTS = 500;

/** Time series in Redis: a sorted set for each, `"time value"` by time. */
export class RedisSeries {
  readonly #session: RedisSession;
  readonly #keys: RedisKeys;
  readonly #clock: Clock;
  readonly #retentionMs: number;

  constructor(session: RedisSession, keys: RedisKeys, options: { clock: Clock; retentionMs: number }) {
    this.#session = session;
    this.#keys = keys;
    this.#clock = options.clock;
    this.#retentionMs = options.retentionMs;
  }

  async add(points: readonly TimeSeriesPoint[], options: CallOptions | undefined): Promise<void> {
    for (const point of points) checkPoint(point);
    const life = [String(this.#retentionMs), String(this.#clock.now() - this.#retentionMs)];
    const commands: RedisCommand[] = [];
    for (const [name, series] of Map.groupBy(points, (point) => point.name)) {
      for (let start = 0; start < series.length; start += CHUNK_POINTS) {
        const fields = series.slice(start, start + CHUNK_POINTS).flatMap(({ timestampMs, value }) => {
          return [String(timestampMs), `${timestampMs} ${value}`];
        });
        commands.push(["EVAL", ADD_POINTS, "1", this.#keys.points(name), ...life, ...fields]);
      }
    }
    await this.#session.run(commands, options);
  }

  async get(query: TimeSeriesQuery): Promise<TimeSeriesPoint[]> {
    const { name, beginMs, endMs, bucketMs } = query;
    checkId(name, "name");
    if (bucketMs !== undefined && !(bucketMs > 0)) {
      throw new InvalidArgumentError("bucketMs", `bucketMs must be above 0, got ${bucketMs}`);
    }
    const range: RedisCommand = ["ZRANGEBYSCORE", this.#keys.points(name), String(beginMs), String(endMs)];
    const [members] = (await this.#session.run([range], query)) as [Buffer[]];
    const rows = members.map((member) => member.toString().split(" ").map(Number));
    const times =
      bucketMs === undefined ? (timeMs: number) => timeMs : (timeMs: number) => Math.floor(timeMs / bucketMs) * bucketMs;
    // In time order, so the last of a bucket stays.
    const values = new Map(rows.map(([timeMs = 0, value = 0]) => [times(timeMs), value]));
    return Array.from(values, ([timestampMs, value]) => ({ name, timestampMs, value }));
  }
}

function checkPoint(point: TimeSeriesPoint): void {
  checkId(point.name, "name");
  if (!Number.isSafeInteger(point.timestampMs) || !Number.isFinite(point.value)) {
    throw new InvalidArgumentError("points", `the time and value of a point of ${point.name} must be finite numbers`);
  }
}
