import { type Endpoint, endpoint } from "../endpoint.ts";
import type { ApiContext } from "../options.ts";
import { readLimit, readName } from "../request/query.ts";
import { measurementsAnswer } from "../response-schemas.ts";
import { writeList } from "../wire/json-writer.ts";
import { writePoint } from "./time-series.ts";

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
        return writeList(points, writePoint);
      },
    ),
  ];
}
