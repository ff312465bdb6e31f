import { checkId, InvalidArgumentError } from "@furze/core";
import type { TimeSeriesPoint, TimeSeriesQuery } from "./cache-store.ts";

/** @throws {InvalidArgumentError} for a name, time or value that no store can hold */
export function checkPoints(points: readonly TimeSeriesPoint[]): void {
  for (const { name, timestampMs, value } of points) {
    checkId(name, "name");
    if (!Number.isSafeInteger(timestampMs) || !Number.isFinite(value)) {
      throw new InvalidArgumentError("points", `the time and value of a point of ${name} must be finite numbers`);
    }
  }
}

/** @throws {InvalidArgumentError} for a name that no store can hold, or buckets without width */
export function checkPointsQuery({ name, bucketMs }: TimeSeriesQuery): void {
  checkId(name, "name");
  if (bucketMs !== undefined && !(bucketMs > 0)) {
    throw new InvalidArgumentError("bucketMs", `bucketMs must be above 0, got ${bucketMs}`);
  }
}

/**
 * The points that answer a query: all of them, or the last of each bucket under its start.
 *
 * @param samples of the series within the range of the query, as [time in milliseconds, value], in time order
 */
export function pointsOf(
  { name, bucketMs }: TimeSeriesQuery,
  samples: Iterable<readonly [timestampMs: number, value: number]>,
): TimeSeriesPoint[] {
  const values = new Map<number, number>();
  for (const [timeMs, value] of samples) {
    values.set(bucketMs === undefined ? timeMs : Math.floor(timeMs / bucketMs) * bucketMs, value);
  }
  return Array.from(values, ([timestampMs, value]) => ({ name, timestampMs, value }));
}
