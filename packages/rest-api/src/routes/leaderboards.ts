import { type Endpoint, endpoint } from "../endpoint.ts";
import type { ApiContext } from "../options.ts";
import { readName } from "../request/query.ts";
import { listReply, readListQuery } from "./ranked-list.ts";

/** Non-personalized lists, and the `popular` routes of v0.4, which are one of them. */
export function leaderboardEndpoints(context: ApiContext): Endpoint[] {
  const { recommender, options, dialect } = context;
  const facts = { method: "get", tag: "recommendation", query: dialect.rankedQuery, answer: dialect.rankedAnswer } as const;
  return [
    endpoint(
      { ...facts, path: "/api/non-personalized/{name}", name: "nonPersonalized", summary: "A non-personalized list" },
      async (c) => listReply(c, context, await recommender.nonPersonalized(readName(c, "name"), readListQuery(c, context))),
    ),
    ...["/api/popular", "/api/popular/{category}"].map((path) =>
      endpoint({ ...facts, path, name: "popular", summary: "Popular items (v0.4)" }, async (c) =>
        listReply(c, context, await recommender.nonPersonalized(options.popularRecommender, readListQuery(c, context))),
      ),
    ),
  ];
}
