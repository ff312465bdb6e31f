import { ZERO_TIME_MS } from "@furze/core";
import { type Endpoint, endpoint } from "../endpoint.ts";
import type { ApiContext } from "../options.ts";
import { readListQuery, writeRanked } from "./ranked-list.ts";

export function latestEndpoints(context: ApiContext): Endpoint[] {
  const { recommender, dialect } = context;
  return ["/api/latest", "/api/latest/{category}"].map((path) =>
    endpoint(
      {
        method: "get",
        path,
        tag: "recommendation",
        name: "latest",
        summary: "Newest items",
        query: dialect.rankedQuery,
        answer: dialect.rankedAnswer,
      },
      async (c) => {
        const rows = await recommender.latest(readListQuery(c, context, "invalid"));
        const listed = dialect.listsZeroTimes ? rows : rows.filter((row) => row.score > ZERO_TIME_MS / 1000);
        return writeRanked(c, context, listed);
      },
    ),
  );
}
