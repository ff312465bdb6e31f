import { type Endpoint, endpoint } from "../endpoint.ts";
import type { ApiContext } from "../options.ts";
import { readLimit, readName } from "../request/query.ts";
import { measurementsAnswer } from "../response-schemas.ts";
import { formatTime, quote, writeList, writeValue } from "../wire/json-writer.ts";

/** Values of a time series, newest first (v0.4). */
export function measurementEndpoints(context: ApiContext): Endpoint[] {
  return [
    endpoint(
      {
        method: "get",
        path: "/api/measurements/{name}",
        tag: "measurements",
        name: "measurements",
        summary: "Values of a time series, newest first (v0.4)",
        query: ["n"],
        answer: measurementsAnswer,
      },
      async (c) => {
        const query = { name: readName(c, "name"), beginMs: 0, endMs: context.clock.now() };
        const limit = readLimit(c, context);
        const points = limit === 0 ? [] : (await context.cacheStore.getPoints(query)).slice(-limit).reverse();
        return writeList(points, (point, depth) => {
          const line = `\n${" ".repeat(depth + 1)}`;
          const name = quote(point.name);
          const time = formatTime(point.timestampMs);
          const value = writeValue(point.value);
          return `{${line}"Name": ${name},${line}"Timestamp": "${time}",${line}"Value": ${value}\n${" ".repeat(depth)}}`;
        });
      },
    ),
  ];
}
