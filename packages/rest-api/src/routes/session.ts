import { bodyEndpoint, type Endpoint } from "../endpoint.ts";
import type { ApiContext } from "../options.ts";
import { sessionFeedback } from "../request/bodies.ts";
import { toFeedback } from "../request/to-feedback.ts";
import { scoresAnswer } from "../response-schemas.ts";
import { readListQuery, writeRecommendations } from "./ranked-list.ts";

/** Recommendations for somebody without an account, from what he did in his session. */
export function sessionEndpoints(context: ApiContext): Endpoint[] {
  return ["/api/session/recommend", "/api/session/recommend/{category}"].map((path) =>
    bodyEndpoint(
      context,
      {
        method: "post",
        path,
        tag: "recommendation",
        name: "recommendForSession",
        summary: "Recommendations from the feedback of a session",
        query: ["n", "offset", "category"],
        answer: scoresAnswer,
        failures: [404],
        format: sessionFeedback,
      },
      async (bodies, c) => {
        const query = readListQuery(c, context);
        return writeRecommendations(await context.recommender.recommendForSession(bodies.map(toFeedback), query));
      },
    ),
  );
}
