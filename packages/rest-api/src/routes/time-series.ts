import { parseDuration } from "@furze/core";
import type { TimeSeriesPoint } from "@furze/storage";
import type { Context } from "hono";
import { type Endpoint, endpoint } from "../endpoint.ts";
import { badRequest } from "../http-error.ts";
import type { ApiContext } from "../options.ts";
import { readName } from "../request/query.ts";
import { measurementsAnswer } from "../response-schemas.ts";
import { formatTime, writeFields, writeList } from "../wire/json-writer.ts";
import { parseTimestamp } from "../wire/timestamp.ts";

const DAY_MS = 86_400_000;

/** A time series of the system, one point a bucket. */
export function timeSeriesEndpoints({ cacheStore, clock }: ApiContext): Endpoint[] {
  return [
    endpoint(
      {
        access: "admin",
        method: "get",
        path: "/api/dashboard/timeseries/{name}",
        tag: "dashboard",
        name: "timeSeries",
        summary: "A time series: the last point of each bucket, under the time where the bucket starts",
        query: ["begin", "end", "duration"],
        answer: measurementsAnswer,
      },
      async (c) => {
        const nowMs = clock.now();
        const beginMs = readTime(c, "begin", nowMs - 7 * DAY_MS);
        const endMs = readTime(c, "end", nowMs);
        const query = { name: readName(c, "name"), beginMs, endMs, bucketMs: readBucket(c) };
        return writeList(await cacheStore.getPoints(query), writePoint);
      },
    ),
  ];
}

export function writePoint({ name, timestampMs, value }: TimeSeriesPoint, depth: number): string {
  return writeFields(depth, { Name: name, Timestamp: formatTime(timestampMs), Value: value });
}

function readTime(c: Context, parameter: string, otherwise: number): number {
  const text = c.req.query(parameter) ?? "";
  return text === "" ? otherwise : parseTimestamp(text);
}

function readBucket(c: Context): number {
  const text = c.req.query("duration") ?? "";
  const bucketMs = text === "" ? DAY_MS : parseDuration(text);
  if (!Number.isInteger(bucketMs) || bucketMs < 1) {
    throw badRequest(`duration must be a whole number of milliseconds of at least 1, got ${JSON.stringify(text)}`);
  }
  return bucketMs;
}
