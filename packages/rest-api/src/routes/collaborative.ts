import type { Context } from "hono";
import { type Endpoint, endpoint, type Reply } from "../endpoint.ts";
import type { ApiContext } from "../options.ts";
import { readUserId } from "../request/query.ts";
import { listReply, readListQuery } from "./ranked-list.ts";

/** The stored list of a user, under its name of v0.5 and that of v0.4. */
export function collaborativeEndpoints(context: ApiContext): Endpoint[] {
  const answer = async (c: Context): Promise<Reply> =>
    listReply(c, context, await context.recommender.collaborative(readUserId(c), readListQuery(c, context)));
  const bases = ["/api/collaborative-filtering/{user-id}", "/api/intermediate/recommend/{user-id}"];
  return bases
    .flatMap((base) => [base, `${base}/{category}`])
    .map((path) =>
      endpoint(
        {
          method: "get",
          path,
          tag: "recommendation",
          name: "collaborative",
          summary: "The stored list of a user, without fallbacks",
          query: context.dialect.rankedQuery,
          answer: context.dialect.rankedAnswer,
          failures: [404],
        },
        answer,
      ),
    );
}
