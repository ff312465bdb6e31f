import type { CallOptions, Clock } from "@furze/core";
import { checkPoints, checkPointsQuery, pointsOf, type TimeSeriesPoint, type TimeSeriesQuery } from "@furze/storage";
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
    checkPoints(points);
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
    checkPointsQuery(query);
    const { name, beginMs, endMs } = query;
    const range: RedisCommand = ["ZRANGEBYSCORE", this.#keys.points(name), String(beginMs), String(endMs)];
    const [members] = (await this.#session.run([range], query)) as [Buffer[]];
    const samples = members.map((member) => member.toString().split(" ").map(Number) as [number, number]);
    return pointsOf(query, samples);
  }
}
