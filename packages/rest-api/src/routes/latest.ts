import { type Endpoint, endpoint } from "../endpoint.ts";
import type { ApiContext } from "../options.ts";
import { scoresAnswer } from "../response-schemas.ts";
import { readListQuery, writeRecommendations } from "./ranked-list.ts";

export function latestEndpoints(context: ApiContext): Endpoint[] {
  return ["/api/latest", "/api/latest/{category}"].map((path) =>
    endpoint(
      {
        method: "get",
        path,
        tag: "recommendation",
        name: "latest",
        summary: "Newest items",
        query: ["n", "offset", "category", "user-id"],
        answer: scoresAnswer,
      },
      async (c) => writeRecommendations(await context.recommender.latest(readListQuery(c, context, "invalid"))),
    ),
  );
}
